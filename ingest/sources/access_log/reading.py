"""Access log of a web server (Apache, nginx) in, ``web_event`` requests out.

A line is in the combined or the common format, a JSON object, or either wrapped up in JSON; a
file may mix them.

A visitor is a client address with a user agent: the log knows no more. Two identical lines are
two requests, so a line's id is its hash with the count of its earlier twins in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from ingest.engine import scratch
from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.json_text import json_object, members, prefixed
from ingest.hashing import md5_hex
from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.access_log.clients import with_bare_clients
from ingest.sources.access_log.entries import entries_of
from ingest.sources.text_lines import LineChunk, line_chunks, line_limit
from ingest.sources.web.addresses import (
    CAMPAIGN_PARAMETERS,
    path_of,
    query_of,
    with_campaign,
    without_fragment,
)
from ingest.sources.web.bots import is_bot

OPTIONS: Options = {}

_COLUMNS = (
    "position", "event_id", "event_type", "anonymous_id", "event_at", "url", "path", "referrer",
    "search", *CAMPAIGN_PARAMETERS, "click_id", "ip", "user_agent", "is_bot", "status",
    "bytes_sent", "method", "attributes",
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the requests of ``path``, at most 200,000 at a time."""
    seen: Counter[str] = Counter()
    with scratch() as con:
        for chunk in line_chunks(path, "web_event", max_line_bytes=line_limit(source)):
            yield _parsed(con, chunk, seen, source.time_zone)


def _parsed(
    con: duckdb.DuckDBPyConnection, chunk: LineChunk, seen: Counter[str], time_zone: str
) -> Parsed:
    # logrotate's copytruncate leaves zeros where the server wrote on
    lines = chunk.lines.with_columns(pl.col("line").str.strip_chars_start("\x00"))
    entries, rejected = entries_of(con, lines, time_zone)
    requests = _requests(_with_ids(with_bare_clients(entries), seen))
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
        # what Squid writes for a client it hides (RFC 7239, 6.3): many people, no visitor
        # nginx writes unix: for whoever comes through a socket of the machine
        ip=pl.col("ip").replace(["-", "", "unknown", "unix:"], None),
        user_agent=said("user_agent"),
        referrer=said("referrer"),
        remote_user=pl.col("remote_user").replace(["-", "", '""'], None),
        proxies=said("proxies"),
        rest=said("rest"),
    )
    url = without_fragment(pl.col("target"))
    requests = read.with_columns(
        status=_count("status"),
        bytes_sent=_count("bytes_sent"),
        event_type=pl.lit("request"),
        anonymous_id=pl.when(pl.col("ip").is_not_null()).then(
            pl.lit("anonymous_id:") + pl.col("visitor")
        ),
        url=url,
        # the others are hosts to connect to, and the star of OPTIONS
        path=pl.when(pl.col("method").fill_null("") != "CONNECT", url != "*").then(_path(url)),
        search=query_of(url),
        is_bot=is_bot(read["user_agent"]),
        attributes=_attributes(),
        **{name: pl.lit(None, pl.String) for name in CAMPAIGN_PARAMETERS},
    )
    return with_campaign(requests)


def _path(target: pl.Expr) -> pl.Expr:
    """Return the path of a request's target, in which no host follows two slashes (RFC 9112)."""
    own = target.str.extract(r"^(/[^?]*)")
    return pl.coalesce(own, path_of(target))


def _count(name: str) -> pl.Expr:
    return pl.col(name).str.extract(r"^(\d{1,18})$").cast(pl.Int64)


def _attributes() -> pl.Expr:
    """Return a JSON object of what has no column, null where there is nothing."""
    extra = {
        "remote_user": pl.col("remote_user"),
        "virtual_host": pl.col("virtual_host"),
        "proxies": pl.col("proxies"),
        "client_port": pl.col("client_port"),
        "before": pl.col("before"),
        "rest": pl.col("rest"),
        "request": pl.when(pl.col("method").is_null()).then(pl.col("request")),
        "encoding": pl.when(~pl.col("is_utf8")).then(pl.lit("windows-1252")),
    }
    wrapper = prefixed('"wrapper":', pl.col("wrapper"))
    rest = pl.col("json_rest").str.strip_prefix("{").str.strip_suffix("}")
    return json_object([members(extra), wrapper, null_if_empty(rest)])
