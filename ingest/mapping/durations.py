"""Durations as clocks show them in; seconds, or the reason why nobody can tell, out."""

from __future__ import annotations

import polars as pl

from ingest.conform.fault import Fault, shown

_OF_HOURS = r"^\s*(\d{1,5}):([0-5]?\d):([0-5]\d(?:\.\d+)?)\s*$"
_OF_TWO = r"^\s*\d{1,5}:[0-5]\d\s*$"


def in_seconds(text: pl.Expr) -> pl.Expr:
    """Return ``0:02:50`` as the text ``170``; what is no such duration stays as it is."""
    hours, minutes, seconds = (
        text.str.extract(_OF_HOURS, group).cast(pl.Float64) for group in (1, 2, 3)
    )
    counted = (hours * 3600 + minutes * 60 + seconds).cast(pl.String)
    return pl.when(text.str.contains(_OF_HOURS)).then(counted).otherwise(text)


def of_two_parts(text: pl.Expr, name: str) -> Fault:
    """Return the fault of ``2:50``, which is minutes to one system and hours to another."""
    said = pl.concat_str(
        pl.lit(f"{name} is "),
        shown(text),
        pl.lit(r": minutes, or hours? For minutes add replace: {'^(\d+:\d\d)$': '0:${1}'}"),
    )
    return Fault("bad_type", text.str.contains(_OF_TWO).fill_null(value=False), said)
