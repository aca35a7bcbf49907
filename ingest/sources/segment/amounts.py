"""Amounts as people's code sends them to Segment in; exact amounts, and which texts are none, out.

The spec asks for numbers. What is sent is often the text that the shop shows ("$25.00", "12,50"),
and Segment's own libraries read that too.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ingest.mapping.numbers import plain_number
from ingest.sources.web.orders import MONEY

_COMMA_IS_DECIMAL = r"^[^.,]*,\d{1,2}\D*$|\.\d{3},\d{1,2}\D*$"
"""Thousands come in threes: 12,50 and 1.299,00 leave no doubt, 1,299 is read as in English."""

_CURRENCY = r"^[A-Z]{3}\s*|\s*[A-Z]{3}$"


def amount(text: pl.Expr) -> pl.Expr:
    """Return the amount that a text states, null where it states none."""
    bare = text.str.replace(_CURRENCY, "")
    plain = (
        pl.when(bare.str.contains(_COMMA_IS_DECIMAL))
        .then(plain_number(bare, ","))
        .otherwise(plain_number(bare, "."))
    )
    return plain.cast(MONEY, strict=False)


def with_unread_texts(
    rows: pl.DataFrame, stated: pl.DataFrame, keys: Sequence[str]
) -> pl.DataFrame:
    """Put texts that are no amount back in the place of the amount, for the contract to refuse.

    An order that states its total as ``N/A`` is not one without a total.

    Parameters
    ----------
    rows
        ``keys`` and columns of amounts.
    stated
        ``keys`` and some of the same columns, with the texts.
    """
    columns = [name for name in stated.columns if name not in keys]
    unread = stated.select(
        *keys, *(pl.when(amount(pl.col(name)).is_null()).then(name).alias(name) for name in columns)
    )
    columns = [name for name in columns if unread[name].null_count() < len(unread)]
    if not columns:
        return rows
    joined = rows.join(
        unread.select(*keys, *columns), on=keys, how="left", maintain_order="left", suffix="$text"
    )
    return joined.with_columns(
        pl.coalesce(f"{name}$text", pl.col(name).cast(pl.String)).alias(name) for name in columns
    ).select(rows.columns)
