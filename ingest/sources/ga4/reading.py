"""Google Analytics 4 events (BigQuery export, one JSON object a line) in; web events, carts out.

GA4 gives its events no id. Ours is the hash of stream, device (``user_pseudo_id``), time in
microseconds, name, number of the upload and place within it; in exports without that place the
hash also takes in parameters and items. Two rows equal in all of these are one event.
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
from ingest.sources.ga4.commerce import commerce_rows
from ingest.sources.ga4.lines import ga4_events
from ingest.sources.json_nesting import MAX_NESTING, is_too_deep
from ingest.sources.rejects import rejected_lines
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.sources.web.addresses import path_of, query_of, with_campaign, without_fragment
from ingest.sources.web.entities import only, wanted_entities
from ingest.sources.web.visitors import address_in, somebody, typed
from ingest.times.timestamps import parse_timestamps

OPTIONS: Options = {"entities": "texts"}

ENTITIES = ("cart_event", "order", "order_line")

_TYPES = {"page_view": "page", "screen_view": "screen"}

_COLUMNS = (
    "position", "event_id", "event_type", "event_name", "anonymous_id", "user_id", "email",
    "event_at", "url", "path", "referrer", "title", "search", "utm_source", "utm_medium",
    "utm_campaign", "utm_content", "utm_term", "click_id", "locale", "is_bot", "attributes",
)  # fmt: skip

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")

_REASONS = {
    "not_utf8": "JSON must be UTF-8, this line is not",
    "malformed_json": "line is not a JSON object",
    "missing_name": "event_name is missing; is this a row of the table events_YYYYMMDD?",
    "missing_timestamp": "event_timestamp is no number of microseconds since 1970",
}


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the events of ``path``, at most 200,000 at a time."""
    wanted = wanted_entities(source, ENTITIES)
    with scratch() as con:
        for chunk in line_chunks(path, "web_event", max_line_bytes=line_limit(source)):
            yield _parsed(con, chunk, wanted)


def _parsed(con: duckdb.DuckDBPyConnection, chunk: LineChunk, wanted: frozenset[str]) -> Parsed:
    too_deep = is_too_deep(chunk.lines["line"])
    read = ga4_events(con, chunk.lines.filter(~too_deep)).with_columns(
        event_at=parse_timestamps(pl.col("timestamp_text"), "UTC", "epoch_us")
    )
    read = read.with_columns(reason_code=_reason_code())
    deep = f"JSON nests deeper than {MAX_NESTING} levels"
    rejected = [
        chunk.rejected,
        rejected_lines(chunk.lines.filter(too_deep), "web_event", "nested_too_deep", deep),
    ]
    for code, reason in _REASONS.items():
        refused = read.filter(pl.col("reason_code") == code)
        if not refused.is_empty():
            lines = chunk.lines.join(refused.select("position"), on="position", how="semi")
            rejected.append(rejected_lines(lines, "web_event", code, reason))
    events = _web_events(read.filter(pl.col("reason_code").is_null()))
    rows = {"web_event": events.select(_COLUMNS)}
    if wanted:
        rows |= only(commerce_rows(con, events), wanted)
    return Parsed(read=chunk.read, rows=rows, rejected=pl.concat(rejected))


def _reason_code() -> pl.Expr:
    return (
        pl.when(~pl.col("is_utf8"))
        .then(pl.lit("not_utf8"))
        .when(pl.col("is_malformed"))
        .then(pl.lit("malformed_json"))
        .when(pl.col("event_name").fill_null("").str.strip_chars() == "")
        .then(pl.lit("missing_name"))
        .when(pl.col("event_at").is_null())
        .then(pl.lit("missing_timestamp"))
    )


def _web_events(read: pl.DataFrame) -> pl.DataFrame:
    url = without_fragment(pl.col("url"))
    events = read.with_columns(
        *(_stated(name) for name in _UTM),
        event_type=pl.col("event_name").replace_strict(_TYPES, default="track"),
        anonymous_id=typed("anonymous_id", pl.col("anonymous_id")),
        user_id=typed("user_id", pl.col("user_id")),
        email=address_in(somebody(pl.col("user_id"))),
        url=url,
        path=path_of(url),
        search=query_of(url),
        # the export has no user agent, and Analytics leaves known crawlers out
        is_bot=pl.lit(False),
    )
    return with_campaign(events).with_columns(
        click_id=pl.coalesce("collected_click_id", "click_id")
    )


def _stated(name: str) -> pl.Expr:
    """Return what a link said; what Analytics puts in brackets, as ``(direct)``, none did."""
    text = pl.col(name).str.strip_chars()
    return pl.when(~text.str.contains(r"^(?:\(.*\))?$")).then(text).alias(name)
