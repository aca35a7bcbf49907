"""Lines that wrap an entry up in JSON in; the entry, and what is around it, out.

Docker's json-file driver and what collects logs put a server's line, as it is, into a member of
an object. Fluentd and Kubernetes write more before a line that is JSON.
"""

from __future__ import annotations

import json

import duckdb
import polars as pl

from ingest.engine import frame_of

TEXTS = ("log", "message", "@message", "msg", "MESSAGE", "textPayload", "_raw", "line", "event")
"""Members that hold a line: of Docker and Fluent Bit, Beats and Datadog, CloudWatch, journald,
Google's logging, Splunk, and Loki."""
OBJECTS = ("jsonPayload", "_source", "result", "event")
"""Members that hold an entry or what wraps it: of Google's logging, Elasticsearch, and Splunk."""

_NAMES = [*TEXTS, *OBJECTS]
_PATHS = [f"$.{json.dumps(name)}" for name in _NAMES]
_TYPES = ["VARCHAR"] * len(TEXTS) + ["OBJECT"] * len(OBJECTS)

_PRECEDED = r'^([^{"]*[\s:])(\{.*\})\s*$'

_QUERY = """
with checked as (
    select position, is_utf8, before, json, try_cast(json as json) as entry from wrapping
),

placed as (
    select
        *,
        list_filter(
            range(1, len(getvariable('names')) + 1),
            lambda place: json_type(entry, getvariable('paths')[place])
            = getvariable('types')[place]
        )[1] as place
    from checked
    where json_type(entry) = 'OBJECT'
)

select
    position,
    is_utf8,
    before,
    try(json_extract_string(entry, getvariable('paths')[place])) as line,
    try(json_merge_patch(entry, json_object(getvariable('names')[place], null))::varchar) as wrapper
from placed
where place is not null

union all

select position, is_utf8, before, json as line, null as wrapper
from placed
where place is null and before is not null
"""


def held_lines(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> pl.DataFrame:
    """Return what lines hold that are no entries themselves.

    Parameters
    ----------
    lines
        ``position``, ``line`` and ``is_utf8``; JSON of little nesting.

    Returns
    -------
    The same of the lines within, with what stands around them: ``outer_before`` before the JSON,
    and ``outer_wrapper``, the object without the member that held the line.
    """
    parts = pl.col("line").str.extract_groups(_PRECEDED).struct
    wrapping = lines.select(
        "position",
        "is_utf8",
        before=parts.field("1").str.strip_chars(),
        json=pl.coalesce(parts.field("2"), "line"),
    ).filter(pl.col("json").str.starts_with("{"))
    con.register("wrapping", wrapping)
    held = frame_of(con, _QUERY, len(wrapping), names=_NAMES, paths=_PATHS, types=_TYPES)
    con.unregister("wrapping")
    return held.select(
        "position",
        "is_utf8",
        pl.col("line").str.strip_chars("\r\n\x00"),
        outer_before="before",
        outer_wrapper="wrapper",
    ).filter(pl.col("line").is_not_null())
