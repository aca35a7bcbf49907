"""Numbers as people write them in; plain decimal text out."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

_NOISE = r"[\s\x{a0}\x{202f}\x{200e}\x{200f}\x{61c}'’]"
"""Blanks, marks of writing direction, which Arabic and Hebrew write, and Swiss thousands."""
_SIGN_BEFORE, _SIGN_BEHIND = r"^([+(-]?)\p{Sc}", r"\p{Sc}([)-]?)$"
"""Where a currency's sign says nothing; within, as in 12€50, it is the decimal one."""
_MINUS = "\u2212"
"""The sign of Unicode, which Scandinavian, Baltic and Balkan locales write."""
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.\d*)?$"
"""By thousands, or as in India by lakhs and crores: 12,34,567.89."""
_WHOLE = r"^[+-]?\d+$"
"""A number with nothing in it that could be a separator of thousands."""


def plain_number(text: pl.Expr, decimal_sign: str) -> pl.Expr:
    """Return numbers without currency sign, thousands separators and brackets for minus.

    What is no number stays as it is, for the contract check to say so.

    Parameters
    ----------
    decimal_sign
        ``.`` or ``,``.
    """
    return text.map_batches(
        lambda texts: _plain_numbers(texts, decimal_sign), return_dtype=pl.String
    )


def _plain_numbers(texts: pl.Series, decimal_sign: str) -> pl.Series:
    # next to every export writes plain numbers: one look at each instead of nine, but for the few
    # that are not plain; and to read a number takes half as long as to match it
    if decimal_sign == "." and _are_floats(texts):
        return texts
    is_odd = ~texts.str.contains(_WHOLE if decimal_sign == "," else _NUMBER)
    if not is_odd.any():
        return texts
    odd = texts.filter(is_odd).to_frame("text")
    plain = odd.select(_plain(pl.col("text"), decimal_sign)).to_series()
    return texts.clone().scatter(is_odd.arg_true(), plain)


def _are_floats(texts: pl.Series) -> bool:
    """Say whether all texts are numbers, or inf and nan, which are left as they are in any case."""
    return texts.cast(pl.Float64, strict=False).null_count() == texts.null_count()


def _plain(text: pl.Expr, decimal_sign: str) -> pl.Expr:
    bare = text.str.replace_all(_NOISE, "").str.replace(_MINUS, "-", literal=True)
    bare = bare.str.replace(_SIGN_BEFORE, "${1}").str.replace(_SIGN_BEHIND, "${1}")
    bare = bare.str.replace(r"^\((.+)\)$", "-${1}").str.replace(r"^([^-].*)-$", "-${1}")
    if decimal_sign == ",":
        grouped = bare.str.contains(r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$")
        ungrouped = bare.str.replace_all(".", "", literal=True)
        bare = pl.when(grouped).then(ungrouped).otherwise(bare)
        plain = bare.str.replace(",", ".", literal=True)
    else:
        grouped = bare.str.contains(_GROUPED)
        plain = pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    is_number = plain.str.contains(_NUMBER)
    return pl.when(is_number).then(plain).otherwise(text)


def scaled(text: pl.Expr, scale: Decimal) -> pl.Expr:
    """Multiply plain decimal texts exactly; what is no number stays as it is."""
    product = text.cast(pl.Decimal(38, 10), strict=False) * pl.lit(scale)
    return pl.coalesce(product.cast(pl.Decimal(38, 8), strict=False).cast(pl.String), text)
