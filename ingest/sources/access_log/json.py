"""Lines of a JSON access log in; the fields of the combined format out.

nginx and Apache write JSON as their administrator names it. Known are the names of nginx's own
variables, the usual short ones, and those of the Elastic Common Schema, nested or with dots.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.engine import frame_of
from ingest.sources.access_log.combined import ENTRY, REQUEST
from ingest.sources.access_log.keys import EDGE_MARKS, OF_EDGES, USUAL, Names
from ingest.sources.json_nesting import MAX_NESTING, is_too_deep
from ingest.sources.rejects import rejected_lines
from ingest.times.timestamps import parse_timestamps

_QUERY = """
with checked as (
    select position, line, is_utf8, try_cast(line as json) as entry from json_lines
)

select
    position,
    line,
    is_utf8,
    coalesce(json_type(entry) = 'OBJECT', false) as is_object,
    json_extract_string(entry, '$.logger') as logger,
    try(json_extract_string(entry, getvariable('paths'))) as found,
    try(json_merge_patch(entry, getvariable('patch'))::varchar) as rest
from checked
"""


_REASONS = {
    "malformed_json": "line begins with { but is not a JSON object",
    "error_entry": "entry of Caddy's error log: the access log has the request, too",
    "missing_address": "JSON has no client address (remote_addr, client_ip, client.ip ...), and "
    "holds no line of an access log (log, message, msg ...)",
    "missing_timestamp": "JSON has no readable time (time_iso8601, @timestamp, time_local ...)",
}

_NO_VALUE = r"^\s*(?:[{\[].*)?$"
_NANOSECONDS = r"^(\d{10})(\d{6})\d{3}$"
_IN_BRACKETS = r"^\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\](?::\d{1,5})?$"

_ADDRESS = r"^(?:/|https?://)\S*$"

_PARTS = ("request_method", "request_target", "request_protocol")


def json_entries(
    con: duckdb.DuckDBPyConnection, lines: pl.DataFrame, time_zone: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Read lines of JSON; the second result are those that cannot be used.

    Parameters
    ----------
    time_zone
        IANA zone of times without offset.
    """
    too_deep = is_too_deep(lines["line"])
    shallow = lines.filter(~too_deep)
    is_edge = shallow["line"].str.contains_any(list(EDGE_MARKS))
    read = _read(con, shallow.filter(~is_edge), time_zone, USUAL)
    if is_edge.any():
        edges = _read(con, shallow.filter(is_edge), time_zone, OF_EDGES)
        read = pl.concat([read, edges]).sort("position")
    reason_code = (
        pl.when(~pl.col("is_object"))
        .then(pl.lit("malformed_json"))
        .when(pl.col("logger").str.starts_with("http.log.error"))
        .then(pl.lit("error_entry"))
        .when(pl.col("ip").is_null())
        .then(pl.lit("missing_address"))
        .when(pl.col("event_at").is_null())
        .then(pl.lit("missing_timestamp"))
    )
    read = read.with_columns(reason_code=reason_code)
    rejected = [
        rejected_lines(read.filter(pl.col("reason_code") == code), "web_event", code, reason)
        for code, reason in _REASONS.items()
    ]
    deep = f"JSON nests deeper than {MAX_NESTING} levels"
    rejected.append(rejected_lines(lines.filter(too_deep), "web_event", "nested_too_deep", deep))
    entries = read.filter(pl.col("reason_code").is_null()).with_columns(
        pl.col("request").str.extract_groups(REQUEST).struct.rename_fields(_PARTS).alias("parts"),
        json_rest="rest",
        **{name: pl.lit(None, pl.String) for name in ("rest", "virtual_host", "before")},
    )
    entries = entries.unnest("parts").with_columns(
        method=pl.coalesce("method", "request_method"),
        target=pl.coalesce("requested_uri", "request_target", "uri"),
    )
    return entries.select(ENTRY), rejected


def _read(
    con: duckdb.DuckDBPyConnection, lines: pl.DataFrame, time_zone: str, names: Names
) -> pl.DataFrame:
    """Return one row per line with ``is_object`` and the fields, null where it has none."""
    con.register("json_lines", lines)
    read = frame_of(con, _QUERY, len(lines), paths=names.paths, patch=names.patch)
    con.unregister("json_lines")
    entries = read.with_columns(**{field: _first(names, field) for field in names.keys})
    at = pl.col("at").str.replace(_NANOSECONDS, "${1}.${2}")
    # Logstash calls the address alone the request
    asked = pl.when(pl.col("request").str.contains(_ADDRESS)).then("request")
    entries = entries.with_columns(uri=pl.coalesce(asked, "uri"))
    common_time = at.str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    query = pl.col("query").str.strip_prefix("?")
    addresses = pl.col("ip").str.extract_groups(r"^\s*([^\s,]+)\s*,?\s*(.*?)[\s,]*$").struct

    def with_query(uri: str) -> pl.Expr:
        has_query = pl.col(uri).str.contains("?", literal=True) | (query == "")
        whole = pl.concat_str(uri, query, separator="?")
        return pl.when(has_query | query.is_null()).then(uri).otherwise(whole).alias(uri)

    return entries.with_columns(
        with_query("requested_uri"),
        with_query("uri"),
        *(
            # as Logstash takes them out of the line
            pl.col(name).str.replace(r'^"(.*)"$', "${1}").alias(name)
            for name in ("referrer", "user_agent")
        ),
        event_at=pl.coalesce(
            parse_timestamps(at, time_zone),
            common_time.dt.convert_time_zone("UTC").dt.replace_time_zone(None),
        ),
        ip=addresses.field("1"),
        proxies=addresses.field("2").replace("", None),
        rest=_without_empty_objects(pl.col("rest"), names),
    ).sort("position")


def _first(names: Names, field: str) -> pl.Expr:
    """Return the first of a field's names that holds a plain value, or an address in brackets.

    Of those that are asked last none with a dash: it stands for a header that was not sent.
    """

    def texts(asked: tuple[str, ...]) -> list[pl.Expr]:
        return [
            pl.col("found").list.get(names.paths.index(path), null_on_oob=True)
            for name in asked
            for path in names.places[name]
        ]

    found = [pl.when(_is_plain(text)).then(text) for text in texts(names.keys[field])]
    last = texts(names.otherwise.get(field, ()))
    found += [pl.when(_is_plain(text) & (text != "-")).then(text) for text in last]
    return pl.coalesce(found)


def _is_plain(text: pl.Expr) -> pl.Expr:
    return ~text.str.contains(_NO_VALUE) | text.str.contains(_IN_BRACKETS)


def _without_empty_objects(text: pl.Expr, names: Names) -> pl.Expr:
    """Undo what the merge patch leaves of objects whose members all became columns."""
    emptied = rf'"(?:{"|".join(names.objects)})":\{{\}}'
    for _ in range(names.deepest):
        text = text.str.replace_all(f",{emptied}", "").str.replace_all(rf"\{{{emptied},?", "{")
    return text.replace("{}", None)
