"""Local times with what people call their zone (``CET``, ``UTC``) in; naive UTC timestamps out."""

from __future__ import annotations

import polars as pl

from ingest.times.local_times import localized

_NAME = r"\b([A-Z]{1,5})\b[^A-Z]*$"
"""The last word in capitals, be it the last of all (``10:30 UTC``) or not (``10:30 UTC 2024``)."""
_UTC = ("UTC", "GMT", "Z")


def localized_as_named(local: pl.Expr, text: pl.Expr, time_zone: str) -> pl.Expr:
    """Turn local times into UTC where their zone is UTC or that of ``time_zone``, else into null.

    ``IST`` is three zones and ``CST`` three others: only those of the place can be told apart.

    Parameters
    ----------
    text
        What the local times were read from.
    """
    name = text.str.extract(_NAME)
    readings = [
        localized(local, time_zone, ambiguous="earliest"),
        localized(local, time_zone, ambiguous="latest"),
    ]
    own = [pl.when(_abbreviation(moment, time_zone) == name).then(moment) for moment in readings]
    return pl.coalesce([pl.when(name.is_in(_UTC)).then(local), *own])


def _abbreviation(moment: pl.Expr, time_zone: str) -> pl.Expr:
    there = moment.dt.replace_time_zone("UTC").dt.convert_time_zone(time_zone)
    return there.dt.to_string("%Z")
