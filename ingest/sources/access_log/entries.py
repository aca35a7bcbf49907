"""Lines of an access log in any of its forms in; requests, and lines that are none, out."""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.expressions.empty_text import null_if_empty
from ingest.sources.access_log.combined import combined_entries
from ingest.sources.access_log.json import json_entries
from ingest.sources.access_log.wrapped import held_lines
from ingest.sources.json_nesting import is_too_deep
from ingest.sources.rejects import PAYLOAD_CHARACTERS

_WRAPPERS = 4
"""Docker's driver, Fluent Bit, CloudWatch and an export of it are four."""

_NO_ENTRY = ("malformed_line", "malformed_json", "missing_address")
"""What is said of a line that is of no known form, and so may hold another one."""


def entries_of(
    con: duckdb.DuckDBPyConnection, lines: pl.DataFrame, time_zone: str, wrappers: int = _WRAPPERS
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the requests of ``lines`` and the rejected lines.

    Parameters
    ----------
    lines
        ``position``, ``line``, ``is_utf8``.
    time_zone
        IANA zone of times without offset.
    wrappers
        How many wrappers may be around an entry.
    """
    is_json = lines["line"].str.starts_with("{")
    entries, rejects = combined_entries(lines.filter(~is_json), time_zone)
    if is_json.any():
        json_read, json_rejects = json_entries(con, lines.filter(is_json), time_zone)
        entries = pl.concat([entries, json_read])
        rejects += json_rejects
    entries = entries.with_columns(wrapper=pl.lit(None, pl.String))
    rejected = pl.concat(rejects)
    candidates = _candidates(lines, rejected) if wrappers else lines.clear()
    if not candidates.is_empty():
        within, reasons = _within(con, candidates, time_zone, wrappers)
        told = pl.concat([within["position"], reasons["position"]])
        others = rejected.filter(~pl.col("position").is_in(told.implode()))
        entries, rejected = pl.concat([entries, within]), pl.concat([others, reasons])
    return entries.sort("position"), rejected


def _candidates(lines: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that are no entries but end as an object does."""
    unknown = rejected.filter(pl.col("reason_code").is_in(_NO_ENTRY))["position"]
    if unknown.is_empty():
        return lines.clear()
    candidates = lines.filter(
        pl.col("position").is_in(unknown.implode()),
        pl.col("line").str.slice(-5).str.strip_chars_end().str.ends_with("}"),
    )
    return candidates.filter(~is_too_deep(candidates["line"]))


def _within(
    con: duckdb.DuckDBPyConnection, candidates: pl.DataFrame, time_zone: str, wrappers: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the requests that lines hold, and the lines whose request lacks something.

    A line that holds no request has the reason that it had as a whole.
    """
    held = held_lines(con, candidates)
    entries, rejected = entries_of(con, held.select(candidates.columns), time_zone, wrappers - 1)
    names = entries.columns
    whole = candidates.select("position", whole="line")
    outer = held.drop("line", "is_utf8").join(whole, on="position")
    entries = entries.join(outer, on="position", maintain_order="left").with_columns(
        # it tells of two requests apart
        line="whole",
        before=null_if_empty(
            pl.concat_str("outer_before", "before", separator=" ", ignore_nulls=True)
        ),
        wrapper=_around(pl.col("outer_wrapper"), pl.col("wrapper")),
    )
    rejected = rejected.filter(~pl.col("reason_code").is_in(_NO_ENTRY)).join(whole, on="position")
    rejected = rejected.with_columns(payload=pl.col("whole").str.slice(0, PAYLOAD_CHARACTERS))
    return entries.select(names), rejected.drop("whole")


def _around(outer: pl.Expr, inner: pl.Expr) -> pl.Expr:
    """Return an object with the inner one as a member of its own."""
    members = null_if_empty(outer.str.strip_prefix("{").str.strip_suffix("}"))
    within = pl.concat_str(pl.lit('"within":'), inner)
    both = pl.concat_str(members, within, separator=",", ignore_nulls=True)
    return (
        pl.when(outer.is_null())
        .then(inner)
        .when(inner.is_null())
        .then(outer.replace("{}", None))
        .otherwise(pl.format("{{{}}}", both))
    )
