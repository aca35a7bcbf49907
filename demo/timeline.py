"""The simulated two years: days since the start in, UTC timestamps and file months out.

A moment is a float number of days since ``START`` (UTC); ``HORIZON`` days later everything ends.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from demo.chance import Floats

START = datetime(2024, 7, 1)  # noqa: DTZ001 - the whole simulation runs in naive UTC
HORIZON = 730
END = START + timedelta(days=HORIZON)
LAST_MOMENT = HORIZON - 0.15
"""Nothing happens later, so that no local time runs into the month after the last."""

GRID_STEPS = 24
"""Dates of 30 days back from the end that the truth tables look at, besides the end itself."""
GRID_DAYS: tuple[int, ...] = tuple(HORIZON - 30 * k for k in range(GRID_STEPS + 1))
"""The as_of dates of the truth tables, newest first, in days since the start."""

MICROSECONDS_PER_DAY = 86_400_000_000


def _months() -> tuple[str, ...]:
    names, day = [], START.date()
    while day < END.date():
        names.append(f"{day:%Y-%m}")
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return tuple(names)


MONTHS: tuple[str, ...] = _months()


def month_starts() -> Floats:
    """Return the first moment of each month, and the end of the last, in days since the start."""
    firsts = [datetime.fromisoformat(f"{month}-01") for month in MONTHS]
    return np.array([(first - START).days for first in firsts] + [HORIZON], dtype=float)


def month_end(month: str) -> str:
    """Return the last day of ``month`` (``2024-07``) as ISO text."""
    first = date.fromisoformat(f"{month}-01")
    return ((first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(1)).isoformat()


def moment(day: int) -> datetime:
    """Return the UTC midnight ``day`` days after the start."""
    return START + timedelta(days=day)


def timestamps(days: Floats, name: str = "at") -> pl.Series:
    """Return days since the start as naive UTC timestamps cut to the second; NaN becomes null."""
    missing = np.isnan(days)
    micros = np.floor(np.where(missing, 0.0, days) * 86_400).astype(np.int64) * 1_000_000
    series = pl.Series(name, micros).cast(pl.Duration("us")) + START
    return series.zip_with(pl.Series(~missing), pl.Series(name, [None], dtype=series.dtype))


def local(column: str, pattern: str, zone: str = "Europe/Berlin") -> pl.Expr:
    """Return a UTC timestamp column as local text of ``zone``."""
    return (
        pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.strftime(pattern)
    )


def iso(column: str, suffix: str = "Z") -> pl.Expr:
    """Return a UTC timestamp column as ISO 8601 text."""
    return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%S" + suffix)
