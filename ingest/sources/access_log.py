"""Access log of a web server (Apache and nginx "combined") in, ``web_event`` requests out.

A visitor is a client address with a user agent: the log knows no more. Two identical lines are
two requests, so a line's id is its hash with the count of its earlier twins in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.hashing import md5_hex
from ingest.json_text import json_object, members
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.rejects import rejected_lines
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.sources.user_agents import is_bot
from ingest.sources.web_addresses import (
    CAMPAIGN_PARAMETERS,
    path_of,
    query_of,
    with_campaign,
    without_fragment,
)

OPTIONS: tuple[str, ...] = ()

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
COMBINED = (
    r"^(?P<ip>\S+) \S+ (?P<remote_user>.+?) \[(?P<at>[^\]]+)\] "
    rf"{_QUOTED.replace('(', '(?P<request>', 1)} (?P<status>\d{{3}}) (?P<bytes_sent>\d+|-)"
    rf"(?: {_QUOTED.replace('(', '(?P<referrer>', 1)} {_QUOTED.replace('(', '(?P<user_agent>', 1)}"
    r"(?: (?P<rest>.*))?)?$"
)
"""``%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"``; without the last two it is the
common format, and what follows them goes to ``attributes``."""

_REQUEST = r"^(?P<method>[A-Z]+) (?P<target>\S+)(?: (?P<protocol>HTTP/\S+))?$"

_COLUMNS = (
    "position", "event_id", "event_type", "anonymous_id", "event_at", "url", "path", "referrer",
    "search", *CAMPAIGN_PARAMETERS, "click_id", "ip", "user_agent", "is_bot", "status",
    "bytes_sent", "method", "attributes",
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the requests of ``path``, at most 200,000 at a time."""
    seen: Counter[str] = Counter()
    for chunk in line_chunks(path, "web_event", max_line_bytes=line_limit(source)):
        yield _parsed(chunk, seen)


def _parsed(chunk: LineChunk, seen: Counter[str]) -> Parsed:
    read = chunk.lines.with_columns(
        pl.col("line").str.extract_groups(COMBINED).alias("entry")
    ).unnest("entry")
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
    requests = _requests(_with_ids(read.filter(is_entry), seen))
    return Parsed(
        read=chunk.read,
        rows={"web_event": requests.select(_COLUMNS)},
        rejected=pl.concat([chunk.rejected, rejected]),
    )


def _with_ids(read: pl.DataFrame, seen: Counter[str]) -> pl.DataFrame:
    """Add ``event_id`` and ``visitor``.

    ``seen`` counts the lines of the chunk before and becomes the count of this one: twins carry
    the same second, so no more than one chunk can lie between them.
    """
    hashes = md5_hex(read["line"])
    before = pl.Series([seen[one] for one in hashes] if seen else [0] * len(hashes), dtype=pl.Int64)
    twin = read.select(hash=hashes).select(pl.int_range(pl.len()).over("hash")).to_series() + before
    seen.clear()
    seen.update(dict(zip(hashes, (twin + 1).to_list(), strict=True)))
    visitor = read.select(pl.concat_str("ip", pl.col("user_agent").fill_null(""), separator=" "))
    return read.with_columns(
        event_id=pl.select(pl.concat_str(hashes, twin, separator="-")).to_series(),
        visitor=md5_hex(visitor.to_series()),
    )


def _requests(read: pl.DataFrame) -> pl.DataFrame:
    def said(name: str) -> pl.Expr:
        return pl.col(name).replace(["-", ""], None)

    read = read.with_columns(
        pl.col("request").str.extract_groups(_REQUEST).alias("parts"),
        user_agent=said("user_agent"),
        referrer=said("referrer"),
        remote_user=said("remote_user"),
        rest=said("rest"),
    ).unnest("parts")
    url = without_fragment(pl.col("target"))
    requests = read.with_columns(
        pl.col("status").cast(pl.Int64),
        pl.col("bytes_sent").cast(pl.Int64, strict=False),
        event_type=pl.lit("request"),
        anonymous_id=pl.lit("anonymous_id:") + pl.col("visitor"),
        url=url,
        path=path_of(url),
        search=query_of(url),
        is_bot=is_bot(read["user_agent"]),
        attributes=_attributes(),
        **{name: pl.lit(None, pl.String) for name in CAMPAIGN_PARAMETERS},
    )
    return with_campaign(requests)


def _attributes() -> pl.Expr:
    """Return a JSON object of what has no column, null where there is nothing."""
    extra = {
        "remote_user": pl.col("remote_user"),
        "rest": pl.col("rest"),
        "request": pl.when(pl.col("method").is_null()).then(pl.col("request")),
        "encoding": pl.when(~pl.col("is_utf8")).then(pl.lit("windows-1252")),
    }
    return json_object([members(extra)])
