"""A chat exported from WhatsApp, ``_chat.txt`` or ``.zip``, in; messages, files, people out.

One record is one message with all of its lines, or one line of the system (joined, left ...),
which becomes a note. The file is read twice: what the order of day and month is, and who takes
part, only the whole chat tells.

``options: {agents: [names]}`` names our side, as the export shows it; everybody else is a
customer. ``date_order: dmy|mdy|ymd`` is needed where the dates themselves do not prove it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.options import Options
from ingest.parsed import REJECTED_SCHEMA, Parsed, UnreadableFile
from ingest.source import Source
from ingest.sources.rejects import PAYLOAD_CHARACTERS
from ingest.sources.text_lines import line_limit
from ingest.sources.whatsapp.archive import open_chat
from ingest.sources.whatsapp.headers import local_time, sender_and_text, with_headers
from ingest.sources.whatsapp.lines import line_frames, messages
from ingest.sources.whatsapp.order import ORDERS, proven_order, survey
from ingest.sources.whatsapp.rows import Rows
from ingest.times.local_times import localized

OPTIONS: Options = {"agents": "texts", "date_order": ORDERS}


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the messages of ``path``.

    Raises
    ------
    UnreadableFile
        If no line begins a message, the order of the dates is open, or nobody is named as ours.
    """
    agents = _agents(source)
    limit = line_limit(source)
    with open_chat(path, source) as chat:
        stated = source.options.get("date_order")
        found = survey((with_headers(lines) for lines in line_frames(chat.text, limit)), stated)
        if found is None:
            reason = f"no line of {path.name} begins with date, time and name as WhatsApp's do"
            raise UnreadableFile(reason)
        order = proven_order(found, stated)
        groups = found.groups(chat.name, agents)
        others = sorted(found.senders - groups - set(agents))
        customer = others[0] if len(others) == 1 else None
        rows = Rows(chat.name, agents, customer, chat.media_bytes, tuple(groups))
        notes = () if found.senders & set(agents) else (_nobody(agents),)
        for chunk in messages(chat.text, found.style, limit):
            yield _parsed(chunk, order, source.time_zone, rows, notes)


def _agents(source: Source) -> tuple[str, ...]:
    stated = source.options.get("agents")
    if stated is None:
        raise UnreadableFile(
            "who of the chat is ours is not known; set options.agents of the source to the names "
            "of colleagues as the export shows them"
        )
    return tuple(str(name) for name in ([stated] if isinstance(stated, (str, int)) else stated))


def _nobody(agents: tuple[str, ...]) -> str:
    return f"none of options.agents ({', '.join(agents[:5])}) wrote in this chat"


def _parsed(
    chunk: pl.DataFrame, order: str, time_zone: str, rows: Rows, notes: tuple[str, ...]
) -> Parsed:
    sender, said = sender_and_text()
    more = pl.when("has_more").then(pl.concat_str(pl.lit("\n"), "more")).otherwise(pl.lit(""))
    frame = chunk.with_columns(
        sender=sender, text=said + more, local=local_time(order)
    ).with_columns(sent_at=localized(pl.col("local"), time_zone))
    reason = (
        pl.when(pl.col("fault").is_not_null())
        .then(pl.concat_list(pl.lit("unreadable_line"), "fault"))
        .when(pl.col("rest").is_null())
        .then(_because("no_header", "text before the first line with date and time"))
        .when(~pl.col("is_utf8"))
        .then(_because("not_utf8", "WhatsApp writes UTF-8, this message is not"))
        .when(pl.col("sent_at").is_null())
        .then(_because("missing_date", f"its date and time are none, read as {order}"))
    )
    frame = frame.with_columns(reason=reason)
    refused = frame.filter(pl.col("reason").is_not_null())
    rejected = refused.select(
        "position",
        entity=pl.lit("interaction"),
        reason_code=pl.col("reason").list.first(),
        reason=pl.col("reason").list.last(),
        payload=pl.col("payload").str.slice(0, PAYLOAD_CHARACTERS),
    ).cast(dict(REJECTED_SCHEMA))  # type: ignore[arg-type]
    made = rows.of(frame.filter(pl.col("reason").is_null()))
    return Parsed(read=len(chunk), rows=made, rejected=rejected, notes=notes)


def _because(code: str, reason: str) -> pl.Expr:
    return pl.concat_list(pl.lit(code), pl.lit(reason))
