"""Times by the clock of a place in; naive UTC timestamps out.

A local time that the clock shows twice is taken as the earlier of the two, unless that is known to
be too early; one that the clock leaves out is read as if the clock had not been put forward yet.
Neither is ever an error.
"""

from __future__ import annotations

from typing import Literal

import polars as pl


def localized_since(local: pl.Expr, time_zone: str, earliest: pl.Expr) -> pl.Expr:
    """Turn local times into UTC, of two that the clock shows alike the first since ``earliest``.

    Parameters
    ----------
    earliest
        Naive UTC; null where nothing is known.
    """
    first = localized(local, time_zone)
    return (
        pl.when(first < earliest)
        .then(localized(local, time_zone, ambiguous="latest"))
        .otherwise(first)
    )


def localized(
    local: pl.Expr, time_zone: str, *, ambiguous: Literal["earliest", "latest"] = "earliest"
) -> pl.Expr:
    """Turn naive local times of ``time_zone`` into naive UTC."""
    if time_zone == "UTC":
        return local
    # one hour and a bit covers every gap but those of islands that skipped a day
    readings = [local] + [local - pl.duration(hours=hours) for hours in (3, 27)]
    shifts = [pl.duration(hours=hours) for hours in (0, 3, 27)]
    return pl.coalesce(
        [
            reading.dt.replace_time_zone(time_zone, ambiguous=ambiguous, non_existent="null")
            .dt.convert_time_zone("UTC")
            .dt.replace_time_zone(None)
            + shift
            for reading, shift in zip(readings, shifts, strict=True)
        ]
    )
