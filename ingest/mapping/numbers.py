"""Numbers as people write them in; plain decimal text out."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

_NOISE = r"[\s\x{a0}\x{202f}'’€$£¥]"


def plain_number(text: pl.Expr, decimal_sign: str) -> pl.Expr:
    """Return numbers without currency sign, thousands separators and brackets for minus.

    What is no number stays as it is, for the contract check to say so.

    Parameters
    ----------
    decimal_sign
        ``.`` or ``,``.
    """
    bare = text.str.replace_all(_NOISE, "")
    bare = bare.str.replace(r"^\((.+)\)$", "-${1}").str.replace(r"^([^-].*)-$", "-${1}")
    if decimal_sign == ",":
        grouped = bare.str.contains(r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$")
        ungrouped = bare.str.replace_all(".", "", literal=True)
        bare = pl.when(grouped).then(ungrouped).otherwise(bare)
        plain = bare.str.replace(",", ".", literal=True)
    else:
        grouped = bare.str.contains(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
        plain = pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    is_number = plain.str.contains(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
    return pl.when(is_number).then(plain).otherwise(text)


def scaled(text: pl.Expr, scale: Decimal) -> pl.Expr:
    """Multiply plain decimal texts exactly; what is no number stays as it is."""
    product = text.cast(pl.Decimal(38, 10), strict=False) * pl.lit(scale)
    return pl.coalesce(product.cast(pl.Decimal(38, 8), strict=False).cast(pl.String), text)
