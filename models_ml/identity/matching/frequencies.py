"""Profiles in, how common each name, place or date is out: what two share tells the less.

Frequencies are counted against the next power of two of the records and rounded to powers of
two, so that a day's arrivals change few of them: a pair is scored again only if one of its did.
"""

from __future__ import annotations

import polars as pl

COUNTED = ("first_name", "last_name", "birth_date", "company", "city", "postal_code")

ACCOUNT, PERSON = "account", "person"

TRAIT_COUNTS = pl.Schema(
    {
        "record_type": pl.String(),
        "trait": pl.String(),
        "value": pl.String(),
        "record_count": pl.Int64(),
    }
)
"""How many records state a value; ``trait`` ``record`` without a value counts them all."""

_ALL = "record"

_PLACEHOLDER_DATES = 20
"""A birth date of so many records that also are one in ``_PLACEHOLDER_SHARE`` is a default of a
form, such as 1 January 1970; real dates are equally common."""

_PLACEHOLDER_SHARE = 500


def record_type() -> pl.Expr:
    """Return whether a profile is a company's or a person's."""
    account = pl.col("identifier").str.starts_with("account:")
    return pl.when(account).then(pl.lit(ACCOUNT)).otherwise(pl.lit(PERSON))


def trait_counts(profiles: pl.DataFrame) -> pl.DataFrame:
    """Count records, not versions of them; columns of ``TRAIT_COUNTS``."""
    stated = profiles.lazy().select("identifier", *COUNTED, record_type=record_type())
    every = stated.select("record_type", "identifier", trait=pl.lit(_ALL), value=pl.lit(None))
    of_traits = [
        stated.drop_nulls(name).select("record_type", "identifier", trait=pl.lit(name), value=name)
        for name in COUNTED
    ]
    return pl.concat(
        [
            rows.unique()
            .group_by("record_type", "trait", "value")
            .agg(record_count=pl.len())
            .cast(TRAIT_COUNTS)
            for rows in (every, *of_traits)
        ]
    ).collect()


def changed_counts(before: pl.DataFrame, went: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Return the counts after some profiles went and others came, zero where nobody is left."""
    signed = [
        before,
        came,
        went.with_columns(-pl.col("record_count")),
    ]
    return (
        pl.concat(signed)
        .group_by("record_type", "trait", "value")
        .agg(pl.col("record_count").sum())
    )


def magnitude(records: int) -> int:
    """Return the power of two that a number of records is counted against."""
    return 1 << max(records - 1, 1).bit_length()


def record_count(counts: pl.DataFrame, record_type: str) -> int:
    """Return how many records there are of a type."""
    of_type = counts.filter(pl.col("record_type") == record_type, pl.col("trait") == _ALL)
    return int(of_type["record_count"].sum())


def frequencies(counts: pl.DataFrame, record_type: str, column: str) -> pl.DataFrame:
    """Return ``column`` and ``tf_<column>`` of every value whose frequency counts.

    Parameters
    ----------
    counts
        Columns of ``TRAIT_COUNTS``; of values, those wanted are enough.
    """
    size = magnitude(record_count(counts, record_type))
    n = pl.col("record_count")
    counted = counts.filter(pl.col("record_type") == record_type, pl.col("trait") == column, n > 0)
    if column == "birth_date":
        counted = counted.filter((n >= _PLACEHOLDER_DATES) & (n * _PLACEHOLDER_SHARE > size))
    exponent = n.cast(pl.Float64).log(2).round() - (size.bit_length() - 1)
    return counted.select(
        pl.col("value").alias(column), pl.lit(2.0).pow(exponent).alias(f"tf_{column}")
    ).sort(column)


def moved(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame | None:
    """Return ``trait`` and ``value`` of what is in another step of frequency, None for all.

    Parameters
    ----------
    before, now
        Columns of ``TRAIT_COUNTS``, of the same values.
    """
    found = []
    for kind in (ACCOUNT, PERSON):
        if magnitude(record_count(before, kind)) != magnitude(record_count(now, kind)):
            return None
        for column in COUNTED:
            both = frequencies(before, kind, column).join(
                frequencies(now, kind, column), on=column, how="full", coalesce=True
            )
            found.append(
                both.filter(pl.col(f"tf_{column}").ne_missing(pl.col(f"tf_{column}_right"))).select(
                    trait=pl.lit(column), value=column
                )
            )
    return pl.concat(found).unique()
