"""Lines of the combined or common log format, or of AWS's balancer, in; a request's fields out."""

from __future__ import annotations

import polars as pl

from ingest.sources.access_log.clients import IPV4, IPV6, IS_CLIENT, PORT
from ingest.sources.access_log.escapes import unescaped
from ingest.sources.rejects import rejected_lines
from ingest.times.timestamps import parse_timestamps

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+"
_HOST = r"[^\s:,]*[A-Za-z_][^\s:,]*(?::\d{1,5})?|[\d.]+:\d{1,5}|\[[0-9A-Fa-f:.]+\]:\d{1,5}"
_USER_AND_TIME = r"(?P<remote_user>.+?) \[(?P<at>[^\]]+)\] "
_REQUEST_AND_SIZE = (
    rf"{_QUOTED.replace('(', '(?P<request>', 1)} (?P<status>\d{{3}}|-) (?P<bytes_sent>\d+|-)"
)
_REFERRER_AND_AGENT = (
    rf"{_QUOTED.replace('(', '(?P<referrer>', 1)} {_QUOTED.replace('(', '(?P<user_agent>', 1)}"
)
_LATER_REFERRER_AND_AGENT = (
    r'(?P<between>[^"\s][^"]*) "(?P<later_referrer>-?|[A-Za-z][A-Za-z0-9+.-]*://(?:[^"\\]|\\.)*)" '
    rf"{_QUOTED.replace('(', '(?P<later_agent>', 1)}(?: (?P<later_rest>.*))?"
)
"""After durations or other counts without quotes; the first text in quotes has to be a referrer."""
COMBINED = (
    rf"^(?P<ip>[^\s,]+) [^\s.:]+ {_USER_AND_TIME}{_REQUEST_AND_SIZE}"
    rf"(?: {_REFERRER_AND_AGENT}(?: (?P<rest>.*))?)?$"
)
"""``%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"``; without the last two it is the
common format."""

VARIANTS = (
    rf"^(?:(?P<virtual_host>{_HOST}) (?P<host_ip>{_ADDRESS})"
    r"|(?P<port_host>[^\s:,]+:\d{1,5}) (?P<host_name>[^\s,]+)"
    r"|(?P<ip>[^\s,]+)(?P<proxies>(?:, ?[^\s,]+)*)) "
    rf"\S+ {_USER_AND_TIME}{_REQUEST_AND_SIZE}"
    rf"(?: {_REFERRER_AND_AGENT}(?: (?P<rest>.*))?| {_LATER_REFERRER_AND_AGENT}"
    r'| (?P<common_rest>[^"\s].*))?$'
)
"""The same after ``%v:%p`` or ``$host``, with the addresses of ``X-Forwarded-For`` as the client,
or with more after the size. A client by its name (``HostnameLookups``) is told from an ident only
after a host with its port. Tried last: to look for all of it takes a third longer."""

PRECEDED = (
    rf"^(?P<before>.*[\s\"'(|])(?P<ip>(?:{IPV4}|{IPV6})(?:{PORT})?) \S+ "
    r"(?P<remote_user>.+?) \[(?P<at>\d{1,2}/[A-Za-z]{3}/\d{4}:[^\]]+)\] "
    rf"{_REQUEST_AND_SIZE}"
    rf"(?: {_REFERRER_AND_AGENT}(?: (?P<rest>.*))?| {_LATER_REFERRER_AND_AGENT})?$"
)
"""Either format after something else: what syslog, containers and Kubernetes write before each
line, or a header with the addresses of ``X-Forwarded-For``."""

_ONE = rf"(?:{IPV4}|{IPV6})(?:{PORT})?|unknown"
_FORWARDED = rf"^[\s\"'(]*({_ONE})((?:, ?(?:{_ONE}))*),?[\s\"')]*$"

BALANCER = (
    r"^(?:https?|h2|grpcs|wss?) (?P<at>\d{4}-\d\d-\d\dT\S+) (?P<balancer>\S+) "
    r"\[?(?P<ip>[0-9A-Fa-f.:]+?)\]?:\d+ (?P<took>\S+ \S+ \S+ \S+) (?P<status>\d{3}|-) "
    r"(?P<came>\S+ \S+) (?P<bytes_sent>\d+|-) "
    rf"{_QUOTED.replace('(', '(?P<request>', 1)} {_QUOTED.replace('(', '(?P<user_agent>', 1)}"
    r" (?P<after>.*)$"
)
"""An entry of an Application Load Balancer: type, time, name, client:port, target:port, three
durations, two states, two sizes, request, agent, and what is about TLS and rules."""

REQUEST = r"^(?P<method>[A-Z][A-Z-]*) (?P<target>\S+|/.*?)(?: (?P<protocol>HTTP/\S+))?$"
"""A target of a client that does not encode its blanks is whole too."""

ENTRY = (
    "position", "line", "is_utf8", "ip", "event_at", "method", "target", "status", "bytes_sent",
    "referrer", "user_agent", "remote_user", "request", "rest", "virtual_host", "proxies",
    "before", "json_rest",
)  # fmt: skip
"""What a request is made of; ``before`` and ``rest`` are what precedes and follows the format on
its line, ``json_rest`` the members of a JSON object that have no column."""

_ESCAPED = ("request", "referrer", "user_agent", "remote_user")


def combined_entries(
    lines: pl.DataFrame, time_zone: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Read lines of the combined or common format; the second result are those that are not.

    Parameters
    ----------
    time_zone
        IANA zone of times without offset.
    """
    read = _read(lines)
    read = read.with_columns(event_at=_moments(read["at"], time_zone))
    is_entry = pl.col("ip").is_not_null() & pl.col("event_at").is_not_null()
    rejected = rejected_lines(
        read.filter(~is_entry),
        "web_event",
        "malformed_line",
        "line is neither in the combined log format nor an entry of AWS's balancer (an unclosed "
        "quote, a missing field or an unreadable time)",
    )
    entries = read.filter(is_entry)
    entries = entries.with_columns(
        [unescaped(entries[name]) for name in _ESCAPED],
        json_rest=pl.lit(None, pl.String),
    ).with_columns(pl.col("request").str.extract_groups(REQUEST).alias("parts"))
    return entries.unnest("parts").select(ENTRY), [rejected]


def _read(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the groups of the form that each line is in."""
    read = _as_written(lines)
    is_client = pl.col("ip").str.contains(IS_CLIENT) & ~pl.col("remote_user").str.starts_with("- ")
    is_odd = ~is_client.fill_null(value=False) & pl.col("virtual_host").is_null()
    preceded = _groups(read.filter(is_odd).select(lines.columns), PRECEDED)
    preceded = preceded.filter(pl.col("ip").is_not_null())
    if preceded.is_empty():
        return read.with_columns(before=pl.lit(None, pl.String))
    said = pl.col("before").str.strip_chars()
    forwarded = said.str.extract_groups(_FORWARDED).struct
    proxies = pl.concat_str(forwarded.field("2"), pl.lit(", "), "ip").str.strip_chars(", ")
    is_forwarded = forwarded.field("1").is_not_null()
    preceded = preceded.with_columns(
        _later_columns(),
        ip=pl.coalesce(forwarded.field("1"), "ip"),
        proxies=pl.when(is_forwarded).then(proxies),
        # a header that the client did not send
        before=pl.when(~is_forwarded & ~said.is_in(["-", '"-"'])).then(said),
    )
    usual = read.join(preceded, on="position", how="anti", maintain_order="left")
    return pl.concat([usual, preceded], how="diagonal").sort("position")


def _as_written(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the groups of the usual form, and of its variants where a line is none."""
    read = _groups(lines, COMBINED)
    is_usual = pl.col("ip").is_not_null()
    others = _groups(read.filter(~is_usual).select(lines.columns), VARIANTS).with_columns(
        _later_columns(),
        ip=pl.coalesce("ip", "host_ip", "host_name"),
        virtual_host=pl.coalesce("virtual_host", "port_host"),
        proxies=pl.col("proxies").str.strip_chars(", "),
    )
    others = others.with_columns(rest=pl.coalesce("rest", "common_rest"))
    is_other = pl.col("ip").is_not_null()
    balanced = _groups(others.filter(~is_other).select(lines.columns), BALANCER).with_columns(
        rest=pl.concat_str("balancer", "took", "came", "after", separator=" ", ignore_nulls=True)
    )
    others = pl.concat([others.filter(is_other), balanced], how="diagonal")
    if others["ip"].is_null().all():
        nothing = pl.lit(None, pl.String)
        return read.with_columns(virtual_host=nothing, proxies=nothing)
    return pl.concat([read.filter(is_usual), others], how="diagonal").sort("position")


def _later_columns() -> list[pl.Expr]:
    """Return referrer and agent, also where more stands before them."""
    later = pl.concat_str("between", "later_rest", separator=" ", ignore_nulls=True)
    return [
        pl.coalesce("referrer", "later_referrer").alias("referrer"),
        pl.coalesce("user_agent", "later_agent").alias("user_agent"),
        pl.coalesce("rest", pl.when(pl.col("later_agent").is_not_null()).then(later)).alias("rest"),
    ]


def _groups(lines: pl.DataFrame, form: str) -> pl.DataFrame:
    return lines.with_columns(pl.col("line").str.extract_groups(form).alias("entry")).unnest(
        "entry"
    )


def _moments(texts: pl.Series, time_zone: str) -> pl.Series:
    """Read the format's own times, and where that leaves some out every other."""
    own = texts.str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    moments = own.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if moments.null_count() == texts.null_count():
        return moments
    exact = texts.str.to_datetime("%d/%b/%Y:%H:%M:%S%.f %z", time_unit="us", strict=False)
    others = parse_timestamps(pl.col(texts.name), time_zone)
    frame = texts.to_frame().with_columns(
        own=moments, exact=exact.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    )
    return frame.select(pl.coalesce("own", "exact", others)).to_series()
