"""A function of whole columns in; the same function, run on distinct values only, out."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def map_distinct(values: pl.Series, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Apply ``function`` to the distinct values of a text column and map the results back.

    Parameters
    ----------
    function
        Takes distinct texts without null; returns as many texts, null where it has none.
    """
    distinct = values.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series(values.name, [None] * len(values), dtype=pl.String)
    results = function(distinct)
    return values.replace_strict(distinct, results, default=None, return_dtype=pl.String).alias(
        values.name
    )
