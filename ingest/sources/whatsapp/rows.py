"""Messages of one WhatsApp chat in; interactions, attachments, contacts and agents out."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ingest.expressions.json_text import json_object, members
from ingest.hashing import md5_hex
from ingest.identifiers import map_distinct
from ingest.sources.whatsapp.calls import call_outcome, call_seconds, is_call
from ingest.sources.whatsapp.media import file_name, is_notice, is_omitted, without_marks

_PHONE = r"^\+[0-9][0-9\s().\-]{5,20}$"
"""How WhatsApp shows somebody who is not in the address book."""

_UNSAVED = "~ \u00a0\u202f"
"""What WhatsApp puts before the name that somebody gave themselves; the blank may be narrow."""

_SEPARATOR = "\x1f"


@dataclass(slots=True)
class Rows:
    """Makes rows of the messages of one chat, chunk by chunk.

    Parameters
    ----------
    chat
        Name of the chat; part of every id, as two chats may have an Anna each.
    agents
        Names of colleagues.
    customer
        Sender on the other side; None in a group or where nobody wrote from there.
    groups
        Names that are the chat's own.
    """

    chat: str
    agents: tuple[str, ...]
    customer: str | None
    media_bytes: dict[str, int]
    groups: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)
    turns: int = 0
    last: pl.DataFrame | None = None

    @property
    def conversation(self) -> str:
        """Id of the chat, which does not show whom it is with."""
        return str(md5_hex(pl.Series([self.chat])).item())

    def of(self, said: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Return the rows of a chunk.

        Parameters
        ----------
        said
            ``position``, ``local`` (naive local time), ``sent_at`` (naive UTC), ``sender``,
            ``text``.
        """
        if said.is_empty():
            return {}
        text = pl.col("text")
        frame = said.with_columns(
            sender=pl.when(~is_notice(text), ~pl.col("sender").is_in(self.groups)).then("sender"),
            file_name=file_name(text),
            is_omitted=is_omitted(text),
            body_text=without_marks(text),
            is_call=is_call(text),
            outcome=call_outcome(text),
            duration_s=call_seconds(text),
        )
        frame = self._with_person(self._identified(frame)).with_columns(
            turn_index=pl.int_range(self.turns, self.turns + len(frame), dtype=pl.Int64),
            is_ours=pl.col("sender").is_in(self.agents),
        )
        self.turns += len(frame)
        rows = {"interaction": self._interactions(frame)}
        files = frame.filter(pl.col("file_name").is_not_null())
        if not files.is_empty():
            rows["attachment"] = self._attachments(files)
        return rows | self._people(frame)

    def _identified(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add ids that the same message has in every export of the chat."""
        key = ("local", "sender", "text")
        frame = frame.with_columns(copy=pl.col("text").cum_count().over(key))
        if self.last is not None:
            # the same words within the same minute, cut apart by the end of a chunk
            frame = frame.join(self.last, on=key, how="left", nulls_equal=True).with_columns(
                copy=pl.col("copy") + pl.col("copies").fill_null(0)
            )
        ends = frame.select(*key, copies="copy")
        ends = ends if self.last is None else pl.concat([self.last, ends])
        is_last = pl.col("local") == frame["local"][-1]
        self.last = ends.filter(is_last).group_by(key).agg(pl.col("copies").max())
        parts = pl.concat_str(
            pl.lit(self.chat), pl.col("local").dt.strftime("%Y-%m-%dT%H:%M:%S"),
            pl.col("sender").fill_null(""), "text", pl.col("copy").cast(pl.String),
            separator=_SEPARATOR,
        )  # fmt: skip
        return frame.with_columns(interaction_id=md5_hex(frame.select(parts).to_series()))

    def _with_person(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add the sender as a contact of this chat and as a person."""
        is_phone = pl.col("sender").str.contains(_PHONE)
        scope = pl.when(is_phone).then(pl.lit("")).otherwise(pl.lit(self.chat + _SEPARATOR))
        ids = map_distinct(frame.select(pl.concat_str(scope, "sender")).to_series(), md5_hex)
        return frame.with_columns(
            contact_id=ids,
            phone=pl.when(is_phone).then("sender"),
            person_ref=pl.when(is_phone)
            .then(pl.lit("phone:") + pl.col("sender"))
            .otherwise(pl.lit("contact:") + ids),
        )

    def _interactions(self, frame: pl.DataFrame) -> pl.DataFrame:
        customer = None
        if self.customer is not None:
            one = pl.DataFrame({"sender": [self.customer]})
            customer = str(self._with_person(one)["person_ref"].item())
        other = pl.lit(customer, dtype=pl.String)
        is_said, is_ours = pl.col("sender").is_not_null(), pl.col("is_ours").fill_null(value=False)
        has_file = pl.col("is_omitted") | pl.col("file_name").is_not_null()
        kept = {"sender": pl.col("sender"), "media_omitted": pl.when("is_omitted").then(True)}
        to_other = pl.concat_list(other)
        is_call = is_said & pl.col("is_call")
        return frame.select(
            "position",
            "interaction_id",
            "turn_index",
            body_text=pl.when(~is_call).then("body_text"),
            conversation_ref=pl.lit(self.conversation),
            channel=pl.when(is_call).then(pl.lit("phone")).otherwise(pl.lit("chat")),
            sub_channel=pl.lit("whatsapp"),
            direction=pl.when(~is_said)
            .then(pl.lit("internal"))
            .when(is_ours)
            .then(pl.lit("outbound"))
            .otherwise(pl.lit("inbound")),
            interaction_type=pl.when(is_call)
            .then(pl.lit("call"))
            .when(is_said)
            .then(pl.lit("message"))
            .otherwise(pl.lit("note")),
            outcome=pl.when(is_call).then("outcome"),
            disposition=pl.when(is_call).then("body_text"),
            duration_s=pl.when(is_call).then("duration_s"),
            from_ref=pl.when(~is_ours).then("person_ref"),
            to_refs=pl.when(is_ours & other.is_not_null()).then(to_other),
            customer_ref=pl.when(is_said & ~is_ours).then("person_ref").otherwise(other),
            agent_ref=pl.when(is_ours).then("sender"),
            started_at="sent_at",
            is_automated=~is_said,
            attachment_count=has_file.cast(pl.Int64),
            attributes=json_object([members(kept)]),
        )

    def _attachments(self, files: pl.DataFrame) -> pl.DataFrame:
        sizes = [self.media_bytes.get(name) for name in files["file_name"]]
        return files.select(
            "position",
            "file_name",
            attachment_id=pl.col("interaction_id") + pl.lit("|file"),
            interaction_ref="interaction_id",
            size_bytes=pl.Series(sizes, dtype=pl.Int64),
            recorded_at="sent_at",
        )

    def _people(self, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Return senders when they first write, known since then."""
        is_new = pl.col("sender").is_not_null() & ~pl.col("sender").is_in(list(self.seen))
        new = frame.filter(is_new).unique("sender", keep="first", maintain_order=True)
        self.seen |= set(new["sender"])
        name = pl.when(pl.col("phone").is_null()).then(
            pl.col("sender").str.strip_chars_start(_UNSAVED)
        )
        words = name.str.split(" ").list.eval(pl.element().filter(pl.element() != ""))
        is_one = words.list.len() < 2
        agents = new.filter("is_ours").select(
            "position", agent_id="sender", name="sender", recorded_at="sent_at"
        )
        contacts = new.filter(~pl.col("is_ours")).select(
            "position",
            "contact_id",
            "phone",
            first_name=pl.when(is_one)
            .then(words.list.first())
            .otherwise(words.list.head(words.list.len() - 1).list.join(" ")),
            last_name=pl.when(~is_one).then(words.list.last()),
            recorded_at="sent_at",
        )
        return {
            entity: rows
            for entity, rows in (("agent", agents), ("contact", contacts))
            if not rows.is_empty()
        }
