"""Profiles in, how common each name, place or date is out: what two share tells the less.

Frequencies are counted against the next power of two of the records and rounded to powers of
two, so that a day's arrivals change few of them: a pair is scored again only if one of its did.
"""

from __future__ import annotations

import polars as pl

from models_ml.identity.matching.comparisons import SMALLEST_FREQUENCY

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
    if profiles.is_empty():
        return pl.DataFrame(schema=TRAIT_COUNTS)
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
    return _record_counts(counts)[record_type]


def _record_counts(counts: pl.DataFrame) -> dict[str, int]:
    every = counts.filter(pl.col("trait") == _ALL)
    found = dict(zip(every["record_type"], every["record_count"], strict=True))
    return {kind: found.get(kind, 0) for kind in (ACCOUNT, PERSON)}


def frequencies(counts: pl.DataFrame) -> pl.DataFrame:
    """Return ``record_type``, ``trait``, ``value``, ``frequency`` of every value that counts.

    Parameters
    ----------
    counts
        Columns of ``TRAIT_COUNTS``; of values, those wanted are enough.
    """
    sizes = {kind: magnitude(count) for kind, count in _record_counts(counts).items()}
    return _frequencies(counts.lazy(), sizes).collect()


def _frequencies(counts: pl.LazyFrame, sizes: dict[str, int]) -> pl.LazyFrame:
    n = pl.col("record_count")
    size = pl.col("record_type").replace_strict(sizes, return_dtype=pl.Int64)
    bits = pl.col("record_type").replace_strict(
        {kind: size.bit_length() - 1 for kind, size in sizes.items()}, return_dtype=pl.Int64
    )
    is_placeholder = (n >= _PLACEHOLDER_DATES) & (n * _PLACEHOLDER_SHARE > size)
    return counts.filter(
        pl.col("trait").is_in(COUNTED),
        n > 0,
        (pl.col("trait") != "birth_date") | is_placeholder,
    ).select(
        "record_type",
        "trait",
        "value",
        frequency=pl.max_horizontal(
            pl.lit(2.0).pow(n.cast(pl.Float64).log(2).round() - bits), SMALLEST_FREQUENCY
        ),
    )


def moved(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame | None:
    """Return ``trait`` and ``value`` of what is in another step of frequency, None for all.

    Parameters
    ----------
    before, now
        Columns of ``TRAIT_COUNTS``, of the same values.
    """
    sizes, sizes_now = (
        {kind: magnitude(count) for kind, count in _record_counts(counts).items()}
        for counts in (before, now)
    )
    if sizes != sizes_now:
        return None
    # a value that nobody stated yet is as rare as can be; a date is counted if it is common only
    not_counted = pl.when(pl.col("trait") != "birth_date").then(SMALLEST_FREQUENCY)
    return (
        _frequencies(before.lazy(), sizes)
        .join(
            _frequencies(now.lazy(), sizes),
            on=["record_type", "trait", "value"],
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("frequency", "frequency_right").fill_null(not_counted))
        .filter(pl.col("frequency").ne_missing(pl.col("frequency_right")))
        .select("trait", "value")
        .unique()
        .collect()
    )
