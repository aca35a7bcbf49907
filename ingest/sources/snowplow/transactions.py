"""Snowplow's older ``transaction`` and ``transaction_item`` events in, orders and lines out."""

from __future__ import annotations

import polars as pl

from ingest.sources.web.orders import ITEM as NO_ITEMS
from ingest.sources.web.orders import MONEY, PURCHASE, order_rows
from ingest.sources.web.visitors import customer_ref


def transaction_rows(events: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return rows of ``order`` and ``order_line``; an item is a line of the order it names."""
    nothing = pl.lit(None, pl.String)
    transactions = events.filter(pl.col("event") == "transaction").select(
        "position",
        "event_id",
        "event_at",
        "recorded_at",
        customer_ref=customer_ref(),
        order_id="tr_orderid",
        status=pl.lit("completed"),
        subtotal=nothing,
        discount=nothing,
        shipping=pl.col("tr_shipping").cast(MONEY, strict=False),
        tax=pl.col("tr_tax").cast(MONEY, strict=False),
        total=pl.col("tr_total").cast(MONEY, strict=False),
        revenue=nothing,
        refunded_amount=nothing,
        currency="tr_currency",
        coupon=nothing,
        affiliation="tr_affiliation",
        country_code="tr_country",
        attributes=nothing,
    )
    items = events.filter(
        pl.col("event") == "transaction_item",
        pl.col("ti_orderid").is_not_null(),
        pl.col("ti_sku").is_not_null(),
    ).select(
        "position",
        "recorded_at",
        order_line_id=pl.concat_str("ti_orderid", "ti_sku", separator="|"),
        order_ref="ti_orderid",
        product_ref="ti_sku",
        customer_ref=customer_ref(),
        sku="ti_sku",
        product_name="ti_name",
        quantity=pl.col("ti_quantity").cast(pl.Float64, strict=False),
        unit_price=pl.col("ti_price").cast(MONEY, strict=False),
        currency=pl.col("ti_currency").str.to_uppercase(),
        placed_at="event_at",
    )
    orders = order_rows(transactions.cast(PURCHASE), pl.DataFrame(schema=NO_ITEMS))
    return [("order", orders["order"]), ("order_line", items)]
