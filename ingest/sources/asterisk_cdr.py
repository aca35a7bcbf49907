"""Call detail records of Asterisk (CSV without header) in, phone interactions out.

``options``: ``columns`` csv (default), custom or a list of names; ``internal`` a regular
expression of our extensions; ``gmtime: true`` where Asterisk writes UTC. Other times are those
of the source's ``time_zone``.

A call is its ``uniqueid`` where the file has one, else a hash of its sides and times. It is known
when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.hashing import md5_hex
from ingest.json_text import json_object, members
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.asterisk_columns import KNOWN, columns_of, fewest
from ingest.sources.asterisk_sides import INTERNAL, with_sides
from ingest.sources.csv_fields import with_fields
from ingest.sources.rejects import rejected_lines
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.timestamps import localized

OPTIONS = ("columns", "internal", "gmtime")

OUTCOMES = {
    "ANSWERED": "answered",
    "NO ANSWER": "no_answer",
    "BUSY": "busy",
    "FAILED": "failed",
    "CONGESTION": "failed",
}

_TIMES = {"start": "started_at", "answer": "answered_at", "end": "ended_at"}
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


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the calls of ``path``, at most 200,000 at a time."""
    columns = columns_of(source.options.get("columns"))
    time_zone = "UTC" if source.options.get("gmtime") else source.time_zone
    internal = str(source.options.get("internal") or INTERNAL)
    for chunk in line_chunks(path, "interaction", max_line_bytes=line_limit(source)):
        yield _parsed(chunk, columns, time_zone, internal)


def _parsed(chunk: LineChunk, columns: tuple[str, ...], time_zone: str, internal: str) -> Parsed:
    read = with_fields(chunk.lines)
    count = pl.col("fields").list.len()
    is_whole = pl.col("fields").is_not_null().fill_null(False)
    fits = count.is_between(fewest(columns), len(columns)).fill_null(False)
    calls = _named(read.filter(is_whole & fits), columns, time_zone)
    rejected = [
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
            calls.filter(pl.col("started_at").is_null()),
            "interaction",
            "missing_date",
            pl.format("start is no time: '{}'", pl.col("start").fill_null("").str.slice(0, 40)),
        ),
    ]
    rows = _rows(with_sides(calls.filter(pl.col("started_at").is_not_null()), internal))
    return Parsed(
        read=chunk.read,
        rows={"interaction": rows.select(_COLUMNS)},
        rejected=pl.concat(rejected),
    )


def _named(read: pl.DataFrame, columns: tuple[str, ...], time_zone: str) -> pl.DataFrame:
    """Give the fields their names (absent and empty ones are null) and read the times."""
    places = {name: place for place, name in enumerate(columns) if name != "ignore"}
    absent = [pl.lit(None, pl.String).alias(name) for name in sorted(KNOWN - set(places))]
    fields = [
        pl.col("fields").list.get(place, null_on_oob=True).replace("", None).alias(name)
        for name, place in places.items()
    ]
    calls = read.select("position", "line", "is_utf8", *fields, *absent)
    return calls.with_columns(
        localized(
            pl.col(name).str.to_datetime(_CLOCK, time_unit="us", strict=False), time_zone
        ).alias(column)
        for name, column in (
            ("start", "started_at"),
            ("answer", "answered_at"),
            ("end", "ended_at"),
        )
    )


def _rows(calls: pl.DataFrame) -> pl.DataFrame:
    evidence = ("start", "src", "dst", "channel", "dstchannel", "lastapp", "lastdata", "duration")
    hashed = md5_hex(
        calls.select(pl.concat_str(pl.col(evidence).fill_null(""), separator="|")).to_series()
    )
    duration = pl.col("duration").cast(pl.Float64, strict=False)
    answered = (pl.col("answered_at") - pl.col("started_at")).dt.total_seconds()
    extra = {name: pl.col(name) for name in _TO_ATTRIBUTES}
    extra["caller_name"] = pl.col("clid").str.extract(r'^"*([^"<]*?)"*\s*<').replace("", None)
    extra["encoding"] = pl.when(~pl.col("is_utf8")).then(pl.lit("windows-1252"))
    extra["duration"] = pl.when(duration.is_null()).then(pl.col("duration"))
    extra["src"] = pl.when(pl.col("from_ref").is_null()).then(pl.col("src"))
    extra["dst"] = pl.when(pl.col("to_refs").list.len() == 0).then(pl.col("dst"))
    calls = calls.with_columns(interaction_id=pl.coalesce(pl.col("uniqueid"), hashed))
    return calls.with_columns(
        conversation_ref=pl.coalesce("linkedid", "interaction_id"),
        attributes=json_object([members(extra)]),
        sub_channel=pl.lit("asterisk"),
        interaction_type=pl.lit("call"),
        duration_s=duration,
        talk_s=pl.col("billsec").cast(pl.Float64, strict=False),
        wait_s=pl.coalesce(answered.cast(pl.Float64), duration),
        outcome=pl.col("disposition").replace_strict(OUTCOMES, default=None),
        recorded_at=pl.coalesce("ended_at", "started_at"),
    ).with_columns(channel=pl.lit("phone"))
