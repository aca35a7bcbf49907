"""Segment calls, one JSON object a line, in; ``web_event`` rows and alias identifiers out.

Every call of the Segment spec becomes one ``web_event`` of its type. ``alias`` also gives an
``identifier``: the previous id belongs to the new one. What has no column of its own
(properties, traits, device, library ...) goes to ``attributes``.

``options: {envelope: payload}`` reads lines that hold the call under a key, as queues and
webhooks write them. ``options: {entities: [...]}`` chooses what is made beside web events, see
``segment.semantic``.
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
from ingest.sources.segment.calls import calls
from ingest.sources.segment.envelope import CALL_TYPES, misplaced_reasons
from ingest.sources.segment.identity import stated_identifiers, with_identity
from ingest.sources.segment.semantic import semantic_rows
from ingest.sources.segment.times import with_times
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.sources.web.addresses import path_of, query_of, with_campaign, without_fragment
from ingest.sources.web.bots import is_bot

OPTIONS: Options = {"envelope": "text", "entities": "texts"}

_COLUMNS = (
    "position", "event_id", "event_type", "event_name", "anonymous_id", "user_id", "email",
    "phone", "event_at", "url", "path", "referrer", "title", "search", "utm_source", "utm_medium",
    "utm_campaign", "utm_content", "utm_term", "click_id", "ip", "user_agent", "locale",
    "time_zone", "is_bot", "recorded_at", "attributes",
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the calls of ``path``, at most 200,000 at a time."""
    with scratch() as con:
        for chunk in line_chunks(path, "web_event", max_line_bytes=line_limit(source)):
            yield _parsed(con, chunk, source)


def _parsed(con: duckdb.DuckDBPyConnection, chunk: LineChunk, source: Source) -> Parsed:
    too_deep = is_too_deep(chunk.lines["line"])
    lines = chunk.lines.filter(~too_deep) if too_deep.any() else chunk.lines
    envelope = source.options.get("envelope")
    read = with_identity(with_times(calls(con, lines, envelope)))
    refused = _refused(lines, read)
    rejected = [
        chunk.rejected,
        rejected_lines(
            chunk.lines.filter(too_deep),
            "web_event",
            "nested_too_deep",
            f"JSON nests deeper than {MAX_NESTING} levels",
        ),
    ]
    for reason_code, sentence in _REASONS.items():
        positions = refused.filter(reason_code=reason_code)
        if not positions.is_empty():
            refused_lines = lines.join(positions, on="position", how="semi")
            reason: str | pl.Expr = sentence
            if reason_code in ("malformed_json", "unknown_type"):
                reason = pl.lit(misplaced_reasons(refused_lines["line"], envelope, sentence))
            rejected.append(rejected_lines(refused_lines, "web_event", reason_code, reason))
    if not refused.is_empty():
        read = read.filter(~pl.col("position").is_in(refused["position"].implode()))
    events = _events(read)
    rows = {"web_event": events.select(_COLUMNS), **semantic_rows(con, events, source)}
    aliases = stated_identifiers(events)
    if not aliases.is_empty():
        rows["identifier"] = aliases
    return Parsed(read=chunk.read, rows=rows, rejected=pl.concat(rejected))


_REASONS = {
    "not_utf8": "JSON must be UTF-8, this line is not",
    "malformed_json": "line is not a JSON object",
    "unknown_type": f"type is none of {', '.join(CALL_TYPES)}",
    "missing_identity": "neither anonymousId nor userId says whose event it is",
    "missing_timestamp": "neither timestamp nor originalTimestamp is a readable time",
}


def _refused(lines: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Return ``position`` and ``reason_code`` of the lines that are no good call."""
    refused = read.select("position", reason_code=_reason_code()).drop_nulls()
    if len(read) == len(lines):
        return refused
    no_json = lines.join(read, on="position", how="anti")
    is_utf8 = pl.col("is_utf8")
    code = pl.when(is_utf8).then(pl.lit("malformed_json")).otherwise(pl.lit("not_utf8"))
    return pl.concat([refused, no_json.select("position", reason_code=code)])


def _reason_code() -> pl.Expr:
    """Return the first reason to refuse a call, null for a good one."""
    return (
        pl.when(~pl.col("is_utf8"))
        .then(pl.lit("not_utf8"))
        .when(pl.col("is_malformed"))
        .then(pl.lit("malformed_json"))
        .when(~pl.col("event_type").is_in(CALL_TYPES).fill_null(False))
        .then(pl.lit("unknown_type"))
        .when(pl.col("anonymous_id").is_null() & pl.col("user_id").is_null())
        .then(pl.lit("missing_identity"))
        .when(pl.col("event_at").is_null())
        .then(pl.lit("missing_timestamp"))
    )


def _events(read: pl.DataFrame) -> pl.DataFrame:
    events = read.with_columns(
        url=without_fragment(pl.col("url")),
        search=pl.col("search").str.strip_prefix("?").replace("", None),
        is_bot=is_bot(read["user_agent"]),
    )
    # libraries state both with the address: to take it apart for all is a fifth of this function
    if (events["search"].is_null() & read["url"].str.contains("?", literal=True)).any():
        query = read.select(query_of(pl.col("url"))).to_series()
        events = events.with_columns(search=pl.coalesce("search", query))
    if (events["path"].is_null() & events["url"].is_not_null()).any():
        events = events.with_columns(path=pl.coalesce("path", path_of(pl.col("url"))))
    return with_campaign(events)
