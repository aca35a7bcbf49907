"""Numbers as advertising platforms write them in; decimals, and which texts are none, out."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ingest.mapping.numbers import plain_number

NOTHING = ("", "-", "--", "—", "–")
"""What reports write where there is nothing to show."""

LIMIT = 10**14
"""What money of 18 digits with four decimals holds."""

_COMMA_IS_DECIMAL = r"\.\d{3},\d|^[^.,]*,(?:\d{1,2}|\d{4,})\D*$"
_POINT_IS_DECIMAL = r",\d{3}\.\d|^[^.,]*\.(?:\d{1,2}|\d{4,})\D*$"


def decimal_sign(numbers: Sequence[pl.Series]) -> str:
    """Return the decimal sign that most of the numbers leave no doubt about; ``.`` if none does.

    ``1,234`` may be either; ``1,234.5`` and ``12,5`` may not.
    """
    commas, points = (
        sum(int(text.str.contains(pattern).fill_null(value=False).sum()) for text in numbers)
        for pattern in (_COMMA_IS_DECIMAL, _POINT_IS_DECIMAL)
    )
    return "," if commas > points else "."


def number(text: pl.Expr, sign: str, limit: int = LIMIT) -> pl.Expr:
    """Return exact decimals; null where there is no number, or one beyond ``limit``."""
    bare = text.str.replace(r"^[A-Z]{3}\s*|\s*[A-Z]{3}$", "")
    value = plain_number(bare, sign).cast(pl.Decimal(38, 8), strict=False)
    return pl.when(value.abs() < limit).then(value)
