"""Numbers that are to be texts in; the digits that a person would write out."""

from __future__ import annotations

import polars as pl


def float_text(value: pl.Expr) -> pl.Expr:
    """Return floats as text, whole ones without ``.0``.

    A column of whole numbers in which one is missing is written as one of floats by pandas: a key
    is the same with and without.
    """
    whole = value.cast(pl.Int64, strict=False)
    is_whole = whole.cast(pl.Float64) == value.cast(pl.Float64)
    return pl.when(is_whole).then(whole.cast(pl.String)).otherwise(value.cast(pl.String))


def as_text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column of texts, numbers, times or truth values as text."""
    return float_text(value) if dtype.is_float() else value.cast(pl.String)
