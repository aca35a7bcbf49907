"""Call detail records of Asterisk (CSV without header) in, phone interactions out.

``options``: ``columns`` csv (default), custom or a list of names; ``internal`` a regular
expression of our extensions; ``gmtime: true`` where Asterisk writes UTC. Other times are those
of the source's ``time_zone``.

A call is its ``linkedid`` or ``uniqueid`` where the file has one, else a hash of its sides and
times; all records of one call are one interaction (see ``asterisk_legs``), whose row the position
of each of them repeats. It is known when it ends. What the queue log beside the file says of a call
goes into its row (see ``queue_log``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ingest.expressions.json_text import members
from ingest.hashing import md5_hex
from ingest.options import Options
from ingest.parsed import Parsed, no_rejects
from ingest.source import Source
from ingest.sources.asterisk_cdr.columns import CSV, KNOWN, NEW, columns_of, fewest
from ingest.sources.asterisk_cdr.legs import calls_of
from ingest.sources.asterisk_cdr.queue_log import is_queue_log, queued_calls, rejected_of
from ingest.sources.asterisk_cdr.sides import INTERNAL, with_sides
from ingest.sources.csv_fields import with_fields
from ingest.sources.rejects import rejected_lines
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.times.local_times import localized_since

OPTIONS: Options = {"columns": "texts", "internal": "plain pattern", "gmtime": "flag"}

OUTCOMES = {
    "ANSWERED": "answered",
    "NO ANSWER": "no_answer",
    "BUSY": "busy",
    "FAILED": "failed",
    "CONGESTION": "failed",
}

_UNIQUE_ID = r"([0-9]{9,})\.[0-9]+$"
"""Seconds since 1970 and a count, after the name of the system where it has one."""

_CLOCK_STEPS = pl.duration(minutes=5)
"""How far the clock may be set back while a call goes on, by as much as servers drift."""

_CLOCK = "%Y-%m-%d %H:%M:%S%.f"

_TO_ATTRIBUTES = (
    "accountcode", "clid", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "amaflags",
    "userfield", "sequence", "peeraccount",
)  # fmt: skip

_COLUMNS = (
    "position", "interaction_id", "conversation_ref", "channel", "sub_channel", "direction",
    "interaction_type", "from_ref", "to_refs", "customer_ref", "agent_ref", "queue", "started_at",
    "answered_at", "ended_at", "duration_s", "talk_s", "wait_s", "outcome", "disposition",
    "recorded_at", "attributes",
)  # fmt: skip


HELD_LINES = 20_000
"""A call is written when it ends, its first leg up to hours before its last one. A busy exchange
writes 2,000 records an hour."""


@dataclass(slots=True)
class _Pending:
    """What has been read and not been given yet."""

    read: int = 0
    legs: list[pl.DataFrame] = field(default_factory=list)
    rejected: list[pl.DataFrame] = field(default_factory=list)


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the calls of ``path``; records up to 20,000 lines apart find each other."""
    if is_queue_log(path):
        yield from rejected_of(path)
        return
    queued = queued_calls(path.parent)
    columns = columns_of(source.options.get("columns"))
    time_zone = "UTC" if source.options.get("gmtime") else source.time_zone
    internal = str(source.options.get("internal") or INTERNAL)
    pending = _Pending()
    for chunk in line_chunks(path, "interaction", max_line_bytes=line_limit(source)):
        _add(pending, chunk, columns, time_zone)
        if pending.read > 3 * HELD_LINES:
            yield _given(pending, queued, internal, HELD_LINES)
    if pending.read:
        yield _given(pending, queued, internal, 0)


def _given(pending: _Pending, queued: pl.DataFrame, internal: str, held_lines: int) -> Parsed:
    """Return what is pending but calls with a record among the last lines, and forget it."""
    legs = pl.concat(pending.legs)
    kept = legs.clear()
    if held_lines:
        from_position = legs["position"].max() - held_lines if len(legs) else 0  # type: ignore[operator]
        may_go_on = legs.filter(pl.col("position") > from_position).select("interaction_id")
        kept = legs.join(may_go_on.unique(), on="interaction_id", how="semi")
        legs = legs.join(may_go_on.unique(), on="interaction_id", how="anti")
    parsed = Parsed(
        read=pending.read - len(kept),
        rows={"interaction": _rows(legs, queued, internal)},
        rejected=pl.concat(pending.rejected),
    )
    pending.read, pending.legs, pending.rejected = len(kept), [kept], [no_rejects()]
    return parsed


def _add(pending: _Pending, chunk: LineChunk, columns: tuple[str, ...], time_zone: str) -> None:
    read = with_fields(chunk.lines)
    count = pl.col("fields").list.len()
    is_whole = pl.col("fields").is_not_null().fill_null(False)
    fits = count.is_between(fewest(columns), len(columns)).fill_null(False)
    parts = [_named(read.filter(is_whole & fits), columns, time_zone)]
    if columns == CSV:
        # newcdrcolumns=yes: as many fields more, behind those that the line has without
        has_new = count.is_between(fewest(CSV) + len(NEW), len(CSV) + len(NEW)).fill_null(False)
        fits = fits | has_new
        parts += [
            _named(read.filter(is_whole & (count == len(NEW) + own)), (*CSV[:own], *NEW), time_zone)
            for own in range(fewest(CSV), len(CSV) + 1)
        ]
    legs = pl.concat(part.select(sorted(part.columns)) for part in parts)
    pending.rejected += [
        chunk.rejected,
        rejected_lines(
            read.filter(~is_whole), "interaction", "malformed_line", "quotes do not match up"
        ),
        rejected_lines(
            read.filter(is_whole & ~fits),
            "interaction",
            "wrong_number_of_fields",
            pl.format(f"line has {{}} fields instead of {len(columns)}", count),
        ),
        rejected_lines(
            legs.filter(pl.col("started_at").is_null()),
            "interaction",
            "missing_date",
            pl.format("start is no time: '{}'", pl.col("start").fill_null("").str.slice(0, 40)),
        ),
    ]
    pending.legs.append(_identified(legs.filter(pl.col("started_at").is_not_null())))
    pending.read += chunk.read


def _named(read: pl.DataFrame, columns: tuple[str, ...], time_zone: str) -> pl.DataFrame:
    """Give the fields their names (absent and empty ones are null) and read the times."""
    places = {name: place for place, name in enumerate(columns) if name != "ignore"}
    absent = [pl.lit(None, pl.String).alias(name) for name in sorted(KNOWN - set(places))]
    fields = [
        pl.col("fields").list.get(place, null_on_oob=True).replace("", None).alias(name)
        for name, place in places.items()
    ]
    calls = read.select("position", "line", "is_utf8", *fields, *absent)
    if columns in (CSV, (*CSV[:-1], *NEW)):
        # with loguserfield alone the seventeenth field is the note of a call, not its id
        is_note = pl.col("userfield").is_null() & ~pl.col("uniqueid").str.contains(_UNIQUE_ID)
        calls = calls.with_columns(
            uniqueid=pl.when(~is_note).then("uniqueid"),
            userfield=pl.when(is_note).then("uniqueid").otherwise("userfield"),
        )
    local = {
        name: pl.col(name).str.to_datetime(_CLOCK, time_unit="us", strict=False)
        for name in ("start", "answer", "end")
    }
    # nothing of a call is before the channel was made, whose id tells when that was, and it ends as
    # long after its start as it lasted: so the hour that is there twice in autumn is told apart
    made = pl.coalesce("uniqueid", "linkedid").str.extract(_UNIQUE_ID).cast(pl.Int64, strict=False)
    made_at = pl.from_epoch(made, time_unit="s").cast(pl.Datetime("us")) - _CLOCK_STEPS
    lasted = pl.col("duration").cast(pl.Int32, strict=False)
    return calls.with_columns(
        started_at=localized_since(local["start"], time_zone, made_at)
    ).with_columns(
        answered_at=localized_since(local["answer"], time_zone, pl.col("started_at")),
        ended_at=localized_since(
            local["end"],
            time_zone,
            pl.max_horizontal(
                "started_at",
                pl.col("started_at") + pl.duration(seconds=lasted) - _CLOCK_STEPS,
            ),
        ),
    )


def _identified(legs: pl.DataFrame) -> pl.DataFrame:
    evidence = ("start", "src", "dst", "channel", "dstchannel", "lastapp", "lastdata", "duration")
    hashed = md5_hex(
        legs.select(pl.concat_str(pl.col(evidence).fill_null(""), separator="|")).to_series()
    )
    return legs.with_columns(interaction_id=pl.coalesce("linkedid", "uniqueid", hashed))


def _rows(legs: pl.DataFrame, queued: pl.DataFrame, internal: str) -> pl.DataFrame:
    duration = pl.col("duration").cast(pl.Float64, strict=False)
    extra = {name: pl.col(name) for name in _TO_ATTRIBUTES}
    extra["caller_name"] = pl.col("clid").str.extract(r'^"*([^"<]*?)"*\s*<').replace("", None)
    extra["encoding"] = pl.when(~pl.col("is_utf8")).then(pl.lit("windows-1252"))
    extra["duration"] = pl.when(duration.is_null()).then(pl.col("duration"))
    extra["src"] = pl.when(pl.col("from_ref").is_null()).then(pl.col("src"))
    extra["dst"] = pl.when(pl.col("to_refs").list.len() == 0).then(pl.col("dst"))
    legs = legs.join(queued, on="uniqueid", how="left", maintain_order="left")
    legs = with_sides(legs, internal).with_columns(
        conversation_ref=pl.col("interaction_id"),
        said=members(extra),
        duration_s=duration,
        billed_s=pl.col("billsec").cast(pl.Float64, strict=False),
        outcome=pl.col("disposition").replace_strict(OUTCOMES, default=None),
    )
    # "channel" is Asterisk's until here
    return (
        calls_of(legs)
        .with_columns(
            channel=pl.lit("phone"),
            sub_channel=pl.lit("asterisk"),
            interaction_type=pl.lit("call"),
        )
        .select(_COLUMNS)
    )
