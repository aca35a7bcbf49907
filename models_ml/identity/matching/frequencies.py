"""Profiles in, how common each name, place or date is out: what two share tells the less.

Frequencies are counted against the next power of two of the profiles and rounded to powers of
two, so that a day's arrivals change few of them: a pair is scored again only if one of its did.
"""

from __future__ import annotations

import polars as pl

COUNTED = ("first_name", "last_name", "birth_date", "company", "city", "postal_code")

_PLACEHOLDER_DATES = 20
"""A birth date of so many records that also are one in ``_PLACEHOLDER_SHARE`` is a default of a
form, such as 1 January 1970; real dates are equally common."""

_PLACEHOLDER_SHARE = 500


def magnitude(profiles: int) -> int:
    """Return the power of two that a number of profiles is counted against."""
    return 1 << max(profiles - 1, 1).bit_length()


def frequencies(profiles: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return ``column`` and ``tf_<column>`` of every value whose frequency counts.

    Records are counted, not versions of them.
    """
    size = magnitude(profiles["identifier"].n_unique())
    counted = profiles.drop_nulls(column).group_by(column).agg(n=pl.col("identifier").n_unique())
    if column == "birth_date":
        common = (pl.col("n") >= _PLACEHOLDER_DATES) & (pl.col("n") * _PLACEHOLDER_SHARE > size)
        counted = counted.filter(common)
    exponent = pl.col("n").cast(pl.Float64).log(2).round() - (size.bit_length() - 1)
    return counted.select(column, pl.lit(2.0).pow(exponent).alias(f"tf_{column}")).sort(column)
