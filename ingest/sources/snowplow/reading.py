"""Snowplow's enriched events (TSV of 131 columns, no header) in; ``web_event`` and purchases out.

An event is its ``event_id`` with its ``event_fingerprint``: trackers send events twice, with the
same contents, and machines reuse the ids of others, with other contents. When it happened is
``true_tstamp``, else ``derived_tstamp``, else ``collector_tstamp``; it is known since the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from ingest.engine import scratch
from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.json_nesting import MAX_NESTING, is_too_deep
from ingest.sources.rejects import rejected_lines
from ingest.sources.snowplow.columns import COLUMNS
from ingest.sources.snowplow.commerce import commerce_rows
from ingest.sources.snowplow.events import EVENT_COLUMNS, web_events
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.sources.web.entities import only, wanted_entities

OPTIONS: Options = {"entities": "texts"}

ENTITIES = ("cart_event", "order", "order_line")

CHUNK_LINES = 50_000
"""A line has 131 fields, ten times as many as a call of other trackers."""

_TABS = len(COLUMNS) - 1


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the events of ``path``, at most 50,000 at a time."""
    wanted = wanted_entities(source, ENTITIES)
    with scratch() as con:
        for chunk in line_chunks(path, "web_event", max_line_bytes=line_limit(source)):
            for part in _parts(chunk):
                yield _parsed(con, part, wanted)


def _parts(chunk: LineChunk) -> Iterator[LineChunk]:
    """Cut a chunk into smaller ones; what was rejected goes with the first."""
    rejected = chunk.rejected
    starts = range(0, max(chunk.lines.height, 1), CHUNK_LINES)
    for start in starts:
        lines = chunk.lines.slice(start, CHUNK_LINES)
        yield LineChunk(lines.height + rejected.height, lines, rejected)
        rejected = rejected.clear()


def _parsed(con: duckdb.DuckDBPyConnection, chunk: LineChunk, wanted: frozenset[str]) -> Parsed:
    lines = chunk.lines.with_columns(
        columns=pl.col("line").str.count_matches("\t", literal=True).cast(pl.Int64) + 1,
        is_too_deep=is_too_deep(chunk.lines["line"]),
    )
    is_event = (pl.col("columns") == len(COLUMNS)) & ~pl.col("is_too_deep")
    events = web_events(con, _split(lines.filter(is_event)))
    has_id, has_time = pl.col("event_id").is_not_null(), pl.col("event_at").is_not_null()
    good = events.filter(has_id, has_time)
    rejected = [
        chunk.rejected,
        _wrong_count(lines.filter(pl.col("columns") != len(COLUMNS))),
        rejected_lines(
            lines.filter(pl.col("columns") == len(COLUMNS), "is_too_deep"),
            "web_event",
            "nested_too_deep",
            f"JSON nests deeper than {MAX_NESTING} levels",
        ),
        rejected_lines(
            events.filter(~has_id), "web_event", "missing_id", "event_id (column 7) is empty"
        ),
        rejected_lines(
            events.filter(has_id & ~has_time),
            "web_event",
            "missing_timestamp",
            "none of true_tstamp, derived_tstamp and collector_tstamp is a readable time",
        ),
    ]
    rows = {"web_event": good.select(EVENT_COLUMNS)}
    if wanted:
        rows |= only(commerce_rows(con, good), wanted)
    return Parsed(read=chunk.read, rows=rows, rejected=pl.concat(rejected))


def _wrong_count(lines: pl.DataFrame) -> pl.DataFrame:
    """Reject lines whose columns cannot be told apart for certain."""
    reason = pl.format(
        "line has {} columns; an enriched event has 131 (was it cut off, or written by an older "
        "pipeline or without its empty columns?)",
        "columns",
    )
    return rejected_lines(lines, "web_event", "wrong_column_count", reason)


def _split(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the columns; what is empty becomes null."""
    fields = lines.select(
        pl.col("line")
        .str.split_exact("\t", _TABS)
        .struct.rename_fields(list(COLUMNS))
        .alias("fields")
    ).unnest("fields")
    filled = fields.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in COLUMNS
    )
    return pl.concat([lines.select("position", "line"), filled], how="horizontal")
