"""Label and category of the status of an order of Salesforce in, the status of the order out.

The labels are an organisation's own; each is of one of few categories, told by code or word.
"""

from __future__ import annotations

import polars as pl

STATUSES = {"activated": "placed", "canceled": "cancelled"}
"""Labels that every organisation begins with, and what they are called here."""


def order_status(label: pl.Expr, category: pl.Expr) -> pl.Expr:
    """Return the status by its category, where that tells more than the label.

    Parameters
    ----------
    label
        ``Status``, in lower case.
    category
        ``StatusCode``.
    """
    category = category.str.to_lowercase()
    is_activated = category.is_in(["activated", "a"])
    return (
        pl.when(category.is_in(["draft", "d"]))
        .then(pl.lit("draft"))
        # another order stands in the place of one that was superseded
        .when(category.is_in(["canceled", "superseded"]))
        .then(pl.lit("cancelled"))
        .when(is_activated & (label == "draft").fill_null(value=True))
        .then(pl.lit("placed"))
        .otherwise(label.replace(STATUSES))
    )
