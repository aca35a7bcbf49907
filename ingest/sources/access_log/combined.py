"""Lines of the combined or common log format in, the fields of a request out."""

from __future__ import annotations

import polars as pl

from ingest.sources.rejects import rejected_lines

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
COMBINED = (
    r"^(?P<ip>\S+) \S+ (?P<remote_user>.+?) \[(?P<at>[^\]]+)\] "
    rf"{_QUOTED.replace('(', '(?P<request>', 1)} (?P<status>\d{{3}}) (?P<bytes_sent>\d+|-)"
    rf"(?: {_QUOTED.replace('(', '(?P<referrer>', 1)} {_QUOTED.replace('(', '(?P<user_agent>', 1)}"
    r"(?: (?P<rest>.*))?)?$"
)
"""``%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"``; without the last two it is the
common format, and what follows them goes to ``attributes``."""

REQUEST = r"^(?P<method>[A-Z]+) (?P<target>\S+)(?: (?P<protocol>HTTP/\S+))?$"

ENTRY = (
    "position", "line", "is_utf8", "ip", "event_at", "method", "target", "status", "bytes_sent",
    "referrer", "user_agent", "remote_user", "request", "rest", "json_rest",
)  # fmt: skip
"""What a request is made of; ``rest`` is what follows on its line, ``json_rest`` the members of
a JSON object that have no column."""


def combined_entries(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Read lines of the combined or common format; the second result are those that are not."""
    read = lines.with_columns(pl.col("line").str.extract_groups(COMBINED).alias("entry")).unnest(
        "entry"
    )
    at = pl.col("at").str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    read = read.with_columns(event_at=at.dt.convert_time_zone("UTC").dt.replace_time_zone(None))
    is_entry = pl.col("ip").is_not_null() & pl.col("event_at").is_not_null()
    rejected = rejected_lines(
        read.filter(~is_entry),
        "web_event",
        "malformed_line",
        "line is not in the combined log format (an unclosed quote, a missing field or an "
        "unreadable time)",
    )
    entries = read.filter(is_entry).with_columns(
        pl.col("request").str.extract_groups(REQUEST).alias("parts"),
        json_rest=pl.lit(None, pl.String),
    )
    return entries.unnest("parts").select(ENTRY), [rejected]
