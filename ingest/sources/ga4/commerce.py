"""GA4's e-commerce events in; carts, orders and their lines out."""

from __future__ import annotations

import json

import duckdb
import polars as pl

from ingest.engine import frame_of
from ingest.sources.web.orders import ITEM, MONEY, PURCHASE, order_rows

_CARTS = {
    "add_to_cart": "added",
    "remove_from_cart": "removed",
    "view_cart": "viewed",
    "begin_checkout": "checkout_started",
    "add_shipping_info": "step",
    "add_payment_info": "step",
}
_PER_ITEM = ("add_to_cart", "remove_from_cart")
_ORDERS = {"purchase": "completed", "refund": "refunded"}

_ITEM_SHAPE = json.dumps(
    dict.fromkeys(
        ("item_id", "item_name", "price", "quantity", "discount", "item_refund"), "VARCHAR"
    )
)

_ITEMS = """
with listed as (
    select position, json_extract(items, '$[*]') as items from shop_events
),

numbered as (
    select
        position,
        unnest(items) as item,
        generate_subscripts(items, 1) as item_index
    from listed
)

select
    position,
    item_index,
    try(from_json(item, getvariable('shape'))) as said,
    '{"item":' || item || '}' as item_attributes
from numbered
"""


def commerce_rows(con: duckdb.DuckDBPyConnection, events: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``cart_event``, ``order`` and ``order_line``.

    Parameters
    ----------
    events
        Web events with the fields of ``events.sql``.
    """
    shop = events.filter(pl.col("event_name").is_in([*_CARTS, *_ORDERS])).with_columns(
        pl.col("currency").str.to_uppercase(),
        customer_ref=pl.coalesce("user_id", "anonymous_id"),
    )
    if shop.is_empty():
        return {}
    con.register("shop_events", shop.select("position", "items"))
    found = frame_of(con, _ITEMS, len(shop), shape=_ITEM_SHAPE)
    said = found.unnest("said")
    items = _items(said)
    con.unregister("shop_events")
    purchases = shop.filter(pl.col("event_name").is_in(list(_ORDERS)))
    purchases = purchases.join(_items_refunded(said), on="position", how="left")
    return {"cart_event": _carts(shop, items), **order_rows(_purchases(purchases), items)}


def _items_refunded(found: pl.DataFrame) -> pl.DataFrame:
    """Return what the items of each event are worth together, null if one has no worth."""
    price, refund = (pl.col(name).cast(MONEY, strict=False) for name in ("price", "item_refund"))
    quantity = pl.col("quantity").fill_null("1").cast(pl.Float64, strict=False)
    worth = pl.coalesce(refund.cast(pl.Float64), price.cast(pl.Float64) * quantity)
    return found.group_by("position").agg(
        items_refunded=pl.when(worth.is_not_null().all()).then(worth.sum()).cast(MONEY)
    )


def _said(name: str) -> pl.Expr:
    """Return what the site said; Analytics writes ``(not set)`` where it said nothing."""
    return pl.when(~pl.col(name).str.strip_chars().is_in(["", "(not set)"])).then(name)


def _items(found: pl.DataFrame) -> pl.DataFrame:
    # the price is what was paid: a discount on it is already taken off
    price, discount = (pl.col(name).cast(MONEY, strict=False) for name in ("price", "discount"))
    return found.select(
        "position",
        "item_index",
        "item_attributes",
        product_ref=_said("item_id"),
        sku=_said("item_id"),
        product_name=_said("item_name"),
        # an item without a quantity is one, says the reference
        quantity=pl.col("quantity").fill_null("1").cast(pl.Float64, strict=False),
        unit_price=price,
        list_price=price + discount,
        item_currency=pl.lit(None, pl.String),
    ).cast(ITEM)


def _carts(shop: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return one row per item put in or taken out, and one per other event.

    GA4 knows no cart: it is that of the session, else of the visitor.
    """
    per_item = pl.col("event_name").is_in(_PER_ITEM)
    carts = shop.filter(pl.col("event_name").is_in(list(_CARTS)))
    rows = pl.concat(
        [
            carts.filter(per_item).join(items, on="position", how="left", maintain_order="left"),
            carts.filter(~per_item),
        ],
        how="diagonal",
    )
    return rows.select(
        "position",
        "customer_ref",
        "event_at",
        "currency",
        cart_event_id=pl.concat_str("event_id", "item_index", separator="|", ignore_nulls=True),
        cart_id=pl.coalesce("session_id", "anonymous_id", "user_id", "event_id"),
        event_type=pl.col("event_name").replace_strict(_CARTS, default=None),
        product_ref="product_ref",
        price="unit_price",
        quantity="quantity",
        attributes="item_attributes",
    )


def _purchases(shop: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    order_id = pl.col("order_id").str.strip_chars()

    def amount(*names: str) -> pl.Expr:
        return pl.coalesce(pl.col(name).cast(MONEY, strict=False) for name in names)

    status = pl.col("event_name").replace_strict(_ORDERS, default=None)
    return shop.select(
        "position",
        "event_id",
        "event_at",
        recorded_at=nothing.cast(pl.Datetime("us")),
        customer_ref="customer_ref",
        order_id=pl.when(~order_id.is_in(["", "(not set)"])).then(order_id),
        status=status,
        subtotal=nothing,
        discount=nothing,
        shipping=amount("shipping_value"),
        tax=amount("tax_value"),
        # Analytics asks for the value without shipping and tax
        total=nothing,
        revenue=pl.when(status == "refunded")
        .then(amount("refund_value", "value_text", "items_refunded"))
        .otherwise(amount("purchase_revenue", "value_text")),
        refunded_amount=pl.when(status == "refunded").then(
            amount("refund_value", "value_text", "items_refunded")
        ),
        currency="currency",
        coupon="coupon",
        affiliation="affiliation",
        country_code=nothing,
        attributes=nothing,
    ).cast(PURCHASE)
