"""Purchases as trackers report them in; ``order`` and ``order_line`` rows out.

A tracker reports a refund as an event of its own and says neither when the order was placed nor
what it was worth. It becomes a document of its own with negative amounts, dated by itself, so
that the order keeps what it was and the two add up. A cancellation is the last version of its
order: a cancelled order counts nowhere, whatever its date.
"""

from __future__ import annotations

import polars as pl

MONEY = pl.Decimal(18, 4)

AMOUNTS = ("subtotal", "discount", "shipping", "tax", "total", "revenue")

PURCHASE = pl.Schema(
    {
        "position": pl.Int64(),
        "event_id": pl.String(),
        "event_at": pl.Datetime("us"),
        "recorded_at": pl.Datetime("us"),
        "customer_ref": pl.String(),
        "order_id": pl.String(),
        "status": pl.String(),
        **dict.fromkeys(AMOUNTS, MONEY),
        "refunded_amount": MONEY,
        "currency": pl.String(),
        "coupon": pl.String(),
        "affiliation": pl.String(),
        "country_code": pl.String(),
        "attributes": pl.String(),
    }
)
"""One purchase, update, refund or cancellation; ``status`` is completed, placed, refunded or
cancelled. A refund states ``refunded_amount`` and as ``revenue`` what of it is neither tax nor
shipping, where that is known; with or without a minus."""

ITEM = pl.Schema(
    {
        "position": pl.Int64(),
        "item_index": pl.Int64(),
        "product_ref": pl.String(),
        "sku": pl.String(),
        "product_name": pl.String(),
        "quantity": pl.Float64(),
        "unit_price": MONEY,
        "list_price": MONEY,
        "item_currency": pl.String(),
        "item_attributes": pl.String(),
    }
)
"""One item of the purchase at ``position``, numbered from 1."""

_ORDER = (
    "position", "order_id", "customer_ref", "status", "placed_at", *AMOUNTS, "currency", "coupon",
    "affiliation", "country_code", "cancelled_at", "refunded_amount", "recorded_at", "attributes",
)  # fmt: skip

_LINE = (
    "position", "order_line_id", "order_ref", "product_ref", "customer_ref", "sku", "product_name",
    "quantity", "unit_price", "list_price", "currency", "placed_at", "recorded_at", "attributes",
)  # fmt: skip


def order_rows(purchases: pl.DataFrame, items: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``order`` and ``order_line``.

    Parameters
    ----------
    purchases
        Columns of ``PURCHASE``; rows without an order id, and refunds of an unknown amount, stay
        what they are: events.
    items
        Columns of ``ITEM``.
    """
    is_refund = pl.col("status") == "refunded"
    # some write what goes back with a minus: it would come back as revenue
    paid_back = (
        pl.when(is_refund).then(pl.col(name).abs()).otherwise(name).alias(name)
        for name in ("revenue", "refunded_amount")
    )
    documents = (
        purchases.with_columns(paid_back)
        .filter(
            pl.col("order_id").is_not_null(), ~is_refund | pl.col("refunded_amount").is_not_null()
        )
        .with_columns(
            pl.col("currency").str.to_uppercase(),
            order_id=pl.when(is_refund)
            .then(pl.concat_str("order_id", pl.lit("refund"), "event_id", separator="|"))
            .otherwise("order_id"),
            total=pl.when(is_refund).then(-pl.col("refunded_amount")).otherwise("total"),
            # what is not known stays open: the order that is refunded tells how much of it is tax
            revenue=pl.when(is_refund & pl.col("revenue").is_not_null())
            .then(-pl.min_horizontal("revenue", "refunded_amount"))
            .when(~is_refund)
            .then("revenue"),
            **{
                name: pl.when(is_refund).then(-pl.col(name).abs()).otherwise(name)
                for name in ("subtotal", "discount", "shipping", "tax")
            },
            placed_at="event_at",
            cancelled_at=pl.when(pl.col("status") == "cancelled").then("event_at"),
        )
    )
    return {
        "order": documents.select(_ORDER),
        "order_line": _lines(documents, items),
    }


def _lines(documents: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    quantity = pl.col("quantity")
    lines = documents.drop("attributes").join(items, on="position", how="inner")
    return lines.with_columns(
        order_line_id=pl.concat_str("order_id", "item_index", separator="|"),
        order_ref="order_id",
        quantity=pl.when(pl.col("status") == "refunded").then(-quantity.abs()).otherwise(quantity),
        currency=pl.coalesce(pl.col("item_currency").str.to_uppercase(), "currency"),
        attributes="item_attributes",
    ).select(_LINE)
