"""Days as Excel counts them in; the local time that they stand for out."""

from __future__ import annotations

import polars as pl

EXCEL_FORMATS: dict[str, str] = {"excel": "1899-12-30", "excel_1904": "1904-01-01"}
"""Formats of times that are the number of a day, with what the day 0 is: Excel's usual calendar,
and that of workbooks which began on a Macintosh."""

_DAY_MS = 86_400_000
_LAST = {"excel": 2_958_466, "excel_1904": 2_957_004}
"""The first day of the year 10000, which Excel does not have."""
_LEAP = 60
"""Excel's 29 February 1900, of a year that had none: what comes before is a day later than it
seems."""


def excel_times(text: pl.Expr, format_: str) -> pl.Expr:
    """Return the naive times of ``45292`` and ``45292.75``; null for what is no day of Excel."""
    days = text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    if format_ == "excel":
        days = pl.when(days < _LEAP).then(days + 1).when(days >= _LEAP + 1).then(days)
    first = 2 if format_ == "excel" else 0
    days = pl.when(days.is_between(first, _LAST[format_], closed="left")).then(days)
    # a float has no more than the milliseconds of a day
    milliseconds = (days * _DAY_MS).round().cast(pl.Int64)
    start = pl.lit(EXCEL_FORMATS[format_]).str.to_datetime("%Y-%m-%d", time_unit="us")
    return start + pl.duration(milliseconds=milliseconds)
