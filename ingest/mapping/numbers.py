"""Numbers as people write them in; plain decimal text out."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import polars as pl
from babel.core import get_global

_NOISE = r"[\s\x{a0}\x{202f}\x{200b}\x{feff}\x{200e}\x{200f}\x{61c}'’\x{66c}]"
"""Blanks, also those that are not seen, marks of writing direction, which Arabic and Hebrew write,
and Swiss and Arabic thousands."""
_SIGN_BEFORE, _SIGN_BEHIND = r"^([+(-]?)\p{Sc}", r"\p{Sc}([)-]?)$"
"""Where a currency's sign says nothing; within, as in 12€50, it is the decimal one."""
_MINUS = "\u2212"
"""The sign of Unicode, which Scandinavian, Baltic and Balkan locales write."""
_BEFORE = r"(?:US|CA|AU|NZ|HK|R|A|C|S)\p{Sc}|[Kk]r\.?|Fr\.|Rs\.?|zł|Kč|Ft"
_BEHIND = r"[Kk]r\.?|zł|Kč|Ft|лв\.?|руб\.?"
"""Currencies that have letters, beside codes; ``k`` and ``Mio`` are more of the number."""
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_GROUPED = (
    r"^[+-]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:\.[0-9]*)?$"
)
"""By thousands, or as in India by lakhs and crores: 12,34,567.89. No group is 0: 0,123 is less."""
_GROUPED_BY_POINTS = r"^[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?$"
_WHOLE = r"^[+-]?[0-9]+$"
"""A number with nothing in it that could be a separator of thousands."""
_DIGITS = {
    chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for digit in range(10)
}
"""Arabic, Persian, Hindi, and the wide ones of East Asia."""
_FOREIGN = r"\p{L}|[\p{Nd}--0-9]"


@cache
def _currencies() -> tuple[str, str]:
    """Return what finds a currency before a number, and behind it."""
    codes = "|".join(sorted(get_global("all_currencies")))
    return (
        rf"^([+(-]?)(?:{codes}|{_BEFORE})([+-]?[0-9])",
        rf"([0-9](?:[.,][-–—]*)?)(?:{codes}|{_BEHIND})([)-]?)$",
    )


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
    odd = texts.filter(is_odd).rename("text")
    plain = odd.to_frame().select(_plain(odd, decimal_sign)).to_series()
    return texts.clone().scatter(is_odd.arg_true(), plain)


def _are_floats(texts: pl.Series) -> bool:
    """Say whether all texts are numbers, or inf and nan, which are left as they are in any case."""
    return texts.cast(pl.Float64, strict=False).null_count() == texts.null_count()


def _plain(texts: pl.Series, decimal_sign: str) -> pl.Expr:
    """Return ``text`` as a plain number, by the steps that any of the texts needs.

    Most columns need few of them, and to look for three hundred currencies takes long.
    """
    bare = pl.col("text").str.replace_all(_NOISE, "").str.replace(_MINUS, "-", literal=True)
    if texts.str.contains(_FOREIGN).any():
        before, behind = _currencies()
        bare = bare.str.replace(before, "${1}${2}").str.replace(behind, "${1}${2}")
        bare = bare.str.replace_many([*_DIGITS, "\u066b"], [*_DIGITS.values(), decimal_sign])
    bare = bare.str.replace(_SIGN_BEFORE, "${1}").str.replace(_SIGN_BEHIND, "${1}")
    if texts.str.contains_any(["(", *"-–—", _MINUS]).any():
        # 12,- and 12.– are whole amounts, not less than nothing
        bare = bare.str.replace(rf"([0-9])[{decimal_sign}][-–—]+$", "${1}")
        bare = bare.str.replace(r"^\((.+)\)$", "-${1}").str.replace(r"^([^-].*[0-9])-$", "-${1}")
    if decimal_sign == ",":
        grouped = bare.str.contains(_GROUPED_BY_POINTS)
        ungrouped = bare.str.replace_all(".", "", literal=True)
        bare = pl.when(grouped).then(ungrouped).otherwise(bare)
        plain = bare.str.replace(",", ".", literal=True)
    else:
        grouped = bare.str.contains(_GROUPED)
        plain = pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    is_number = plain.str.contains(_NUMBER)
    return pl.when(is_number).then(plain).otherwise(pl.col("text"))


def scaled(text: pl.Expr, scale: Decimal) -> pl.Expr:
    """Multiply plain decimal texts exactly; what is no number stays as it is."""
    product = text.cast(pl.Decimal(38, 10), strict=False) * pl.lit(scale)
    return pl.coalesce(product.cast(pl.Decimal(38, 8), strict=False).cast(pl.String), text)
