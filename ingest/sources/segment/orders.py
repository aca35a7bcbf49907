"""Order events of Segment's e-commerce spec in, ``order`` and ``order_line`` rows out."""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.sources.segment.amounts import amount, with_unread_texts
from ingest.sources.segment.properties import items_of
from ingest.sources.web.orders import AMOUNTS, ITEM, MONEY, PURCHASE, order_rows
from ingest.sources.web.visitors import customer_ref

ORDER_EVENTS = {
    "Order Completed": "completed",
    "Order Updated": "placed",
    "Order Refunded": "refunded",
    "Order Cancelled": "cancelled",
    # names of the first version that the second keeps as aliases
    "Completed Order": "completed",
    "Updated Order": "placed",
    "Refunded Order": "refunded",
    "Cancelled Order": "cancelled",
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
    found = items_of(con, orders)
    items = _items(found)
    value = pl.col("unit_price").cast(pl.Float64) * pl.col("quantity")
    # the sum of those whose worth is known would be less than what was paid back
    item_value = items.group_by("position").agg(
        items_total=pl.when(value.is_not_null().all()).then(value.sum())
    )
    status = pl.col("event_name").replace_strict(ORDER_EVENTS, default=None)

    def stated(name: str) -> pl.Expr:
        value = amount(pl.col(f"p_{name}"))
        # with a minus or without, what goes back is the same
        return pl.when(status == "refunded").then(value.abs()).otherwise(value)

    subtotal, discount, shipping, tax = (
        stated(name) for name in ("subtotal", "discount", "shipping", "tax")
    )
    before_extras = stated("total") - shipping.fill_null(0) - tax.fill_null(0)
    has_extras = shipping.is_not_null() | tax.is_not_null()
    items_total = pl.col("items_total").cast(MONEY)
    purchases = orders.join(item_value, on="position", how="left").select(
        "position",
        "event_id",
        "event_at",
        "recorded_at",
        "attributes",
        customer_ref=customer_ref(),
        # the first version calls it orderId, Segment's libraries take id as well
        order_id=pl.coalesce("p_order_id", "p_id"),
        status=status,
        subtotal=subtotal + discount.fill_null(0),
        discount=discount,
        shipping=shipping,
        tax=tax,
        total=stated("total"),
        # what a refund states besides is its total, with tax and shipping
        revenue=pl.when(status == "refunded")
        .then(pl.coalesce(subtotal, pl.when(has_extras).then(before_extras), items_total))
        .otherwise(pl.coalesce(subtotal, before_extras, stated("revenue"))),
        refunded_amount=pl.when(status == "refunded").then(
            pl.coalesce(stated("total"), stated("revenue"), items_total)
        ),
        currency="p_currency",
        coupon="p_coupon",
        affiliation="p_affiliation",
        country_code=pl.lit(None, pl.String),
    )
    rows = order_rows(purchases.cast(PURCHASE), items)
    texts = orders.select("position", **{name: f"p_{name}" for name in AMOUNTS})
    line_number = pl.col("order_line_id").str.extract(r"\|(\d+)$").cast(pl.Int64)
    lines = with_unread_texts(
        rows["order_line"].with_columns(item_index=line_number),
        found.select("position", "item_index", unit_price="price"),
        ("position", "item_index"),
    )
    return {
        "order": with_unread_texts(rows["order"], texts, ("position",)),
        "order_line": lines.drop("item_index"),
    }


def _items(found: pl.DataFrame) -> pl.DataFrame:
    quantity = pl.col("quantity").cast(pl.Float64, strict=False)
    return found.select(
        "position",
        "item_index",
        "sku",
        "item_attributes",
        product_ref=pl.coalesce("product_id", "id", "sku"),
        product_name="name",
        quantity=pl.when(quantity.is_finite()).then(quantity),
        unit_price=amount(pl.col("price")),
        list_price=pl.lit(None, MONEY),
        item_currency="currency",
    ).cast(ITEM)
