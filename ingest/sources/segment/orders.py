"""Order events of Segment's e-commerce spec in, ``order`` and ``order_line`` rows out."""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.sources.segment.properties import items_of
from ingest.sources.web.orders import ITEM, MONEY, PURCHASE, order_rows
from ingest.sources.web.visitors import customer_ref

ORDER_EVENTS = {
    "Order Completed": "completed",
    "Order Updated": "placed",
    "Order Refunded": "refunded",
    "Order Cancelled": "cancelled",
    # names of the first version that the second keeps as aliases
    "Completed Order": "completed",
    "Updated Order": "placed",
}


def segment_order_rows(
    con: duckdb.DuckDBPyConnection, said: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return the rows of ``order`` and ``order_line``.

    The spec's ``subtotal`` is after discounts, which is our revenue; its ``revenue`` leaves open
    whether discounts are in it and serves only where nothing else is given.
    """
    orders = said.filter(pl.col("event_name").is_in(list(ORDER_EVENTS)))
    if orders.is_empty():
        return {}
    items = _items(items_of(con, orders))
    item_value = (
        items.filter(pl.col("unit_price").is_not_null())
        .group_by("position")
        .agg(items_total=(pl.col("unit_price").cast(pl.Float64) * pl.col("quantity")).sum())
    )
    subtotal, discount, shipping, tax = (
        _amount(name) for name in ("subtotal", "discount", "shipping", "tax")
    )
    before_extras = _amount("total") - shipping.fill_null(0) - tax.fill_null(0)
    has_extras = shipping.is_not_null() | tax.is_not_null()
    items_total = pl.col("items_total").cast(MONEY)
    status = pl.col("event_name").replace_strict(ORDER_EVENTS, default=None)
    purchases = orders.join(item_value, on="position", how="left").select(
        "position",
        "event_id",
        "event_at",
        "recorded_at",
        "attributes",
        customer_ref=customer_ref(),
        order_id="p_order_id",
        status=status,
        subtotal=subtotal + discount.fill_null(0),
        discount=discount,
        shipping=shipping,
        tax=tax,
        total=_amount("total"),
        # what a refund states besides is its total, with tax and shipping
        revenue=pl.when(status == "refunded")
        .then(pl.coalesce(subtotal, pl.when(has_extras).then(before_extras), items_total))
        .otherwise(pl.coalesce(subtotal, before_extras, _amount("revenue"))),
        refunded_amount=pl.when(status == "refunded").then(
            pl.coalesce(_amount("total"), _amount("revenue"), items_total)
        ),
        currency="p_currency",
        coupon="p_coupon",
        affiliation="p_affiliation",
        country_code=pl.lit(None, pl.String),
    )
    return order_rows(purchases.cast(PURCHASE), items)


def _amount(name: str) -> pl.Expr:
    return pl.col(f"p_{name}").cast(MONEY, strict=False)


def _items(found: pl.DataFrame) -> pl.DataFrame:
    quantity = pl.col("quantity").cast(pl.Float64, strict=False)
    return found.select(
        "position",
        "item_index",
        "sku",
        "item_attributes",
        product_ref=pl.coalesce("product_id", "sku"),
        product_name="name",
        quantity=pl.when(quantity.is_finite()).then(quantity),
        unit_price=pl.col("price").cast(MONEY, strict=False),
        list_price=pl.lit(None, MONEY),
        item_currency="currency",
    ).cast(ITEM)
