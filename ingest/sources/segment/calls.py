"""Lines of JSON in, one flat text column per field of a Segment call out.

DuckDB reads each line once into a fixed shape: lines that are no JSON become null instead of
failing the chunk, values of another type become text, missing ones null.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl

from ingest.engine import frame_of, shared

_TEXT = "VARCHAR"
_ANY = "JSON"
_PAGE = {"url": _TEXT, "path": _TEXT, "referrer": _TEXT, "title": _TEXT, "search": _TEXT}
_CAMPAIGN = {"name": _TEXT, "source": _TEXT, "medium": _TEXT, "term": _TEXT, "content": _TEXT}
_KEPT = ("app", "consent", "device", "groupId", "library", "network", "os", "screen")

SHAPE = json.dumps(
    {
        "type": _TEXT, "messageId": _TEXT, "anonymousId": _TEXT, "userId": _TEXT,
        "previousId": _TEXT, "groupId": _TEXT, "event": _TEXT, "name": _TEXT, "category": _TEXT,
        "timestamp": _TEXT, "originalTimestamp": _TEXT, "sentAt": _TEXT, "receivedAt": _TEXT,
        "properties": _ANY, "traits": _ANY, "integrations": _ANY,
        "context": {
            "ip": _TEXT, "userAgent": _TEXT, "locale": _TEXT, "timezone": _TEXT,
            "page": _PAGE, "campaign": _CAMPAIGN, "traits": _ANY,
            **dict.fromkeys(_KEPT, _ANY),
        },
    }
)  # fmt: skip

_OTHER_CONTEXT = json.dumps(dict.fromkeys(json.loads(SHAPE)["context"]))
"""A merge patch that takes out of the context what has a place of its own."""

QUERY = Path(__file__).with_name("calls.sql").read_text(encoding="utf-8")
STRICT_QUERY = QUERY.replace(
    "try(from_json(line, getvariable('shape')))", "from_json(line, getvariable('shape'))"
).replace("where json_valid(line)", "")
"""Without the safety nets, which cost a quarter of reading the lines: for those that look like an
object. Should one of them be none, all are read again."""

_INDENTED_OBJECT = r"(?s)^[ \t\r\n]*\{.*\}[ \t\r\n]*$"
"""An object among the blanks that JSON allows around it."""

UNWRAP = (
    "select position, json_extract(line, getvariable('path'))::varchar as line, is_utf8 from lines"
)


def calls(
    con: duckdb.DuckDBPyConnection, lines: pl.DataFrame, envelope: str | None
) -> pl.DataFrame:
    """Return one row per line that is JSON, in order, with every field that the parser reads.

    Parameters
    ----------
    lines
        ``position``, ``line``, ``is_utf8``.
    envelope
        Key that holds the call; null where the line is the call.
    """
    if envelope is not None:
        path = "$." + json.dumps(envelope)
        con.register("lines", shared(lines))
        lines = frame_of(con, UNWRAP, len(lines), path=path)
    line = lines["line"]
    is_whole = (line.str.starts_with("{") & line.str.ends_with("}")).fill_null(False)
    if is_whole.all():
        return _read(con, lines, STRICT_QUERY)
    read = _read(con, lines.filter(is_whole), STRICT_QUERY)
    # most are cut off and no object; to plan the query takes as long as to read a thousand lines
    rest = lines.filter(~is_whole).filter(pl.col("line").str.contains(_INDENTED_OBJECT))
    if rest.is_empty():
        return read
    return pl.concat([read, _read(con, rest, QUERY)]).sort("position")


def _read(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame, query: str) -> pl.DataFrame:
    con.register("lines", shared(lines))
    try:
        return frame_of(con, query, len(lines), shape=SHAPE, patch=_OTHER_CONTEXT)
    except duckdb.Error:
        if query is QUERY:
            raise
        return _read(con, lines, QUERY)
