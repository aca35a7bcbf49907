"""Snowplow's e-commerce events in; carts, orders and their lines out.

Read are the ``snowplow_ecommerce_action`` with its entities and the older ``transaction``,
``transaction_item``, ``add_to_cart`` and ``remove_from_cart`` events.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.sources.snowplow.actions import actions_of
from ingest.sources.snowplow.older_carts import older_cart_rows
from ingest.sources.snowplow.transactions import transaction_rows
from ingest.sources.web.orders import ITEM, MONEY, PURCHASE, order_rows
from ingest.sources.web.visitors import customer_ref

_CARTS = {"add_to_cart": "added", "remove_from_cart": "removed", "checkout_step": "step"}
_ORDERS = {"transaction": "completed", "refund": "refunded"}


def commerce_rows(con: duckdb.DuckDBPyConnection, events: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``cart_event``, ``order`` and ``order_line``, without empty ones."""
    rows = [
        *transaction_rows(events),
        ("cart_event", older_cart_rows(con, events)),
        *_action_rows(con, events),
    ]
    merged: dict[str, list[pl.DataFrame]] = {}
    for entity, frame in rows:
        if not frame.is_empty():
            merged.setdefault(entity, []).append(frame)
    return {entity: pl.concat(frames, how="diagonal") for entity, frames in merged.items()}


def _action_rows(
    con: duckdb.DuckDBPyConnection, events: pl.DataFrame
) -> list[tuple[str, pl.DataFrame]]:
    shop = events.filter(pl.col("tracked_event_name") == "snowplow_ecommerce_action")
    if shop.is_empty():
        return []
    said, products = actions_of(con, shop)
    actions = shop.select(
        "position", "event_id", "event_at", "recorded_at", "user_id", "email", "anonymous_id"
    ).join(said, on="position", maintain_order="left")
    actions = actions.with_columns(customer_ref=customer_ref())
    return [("cart_event", _carts(actions, products)), *_orders(actions, products).items()]


def _carts(actions: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """Return one row per product put in or taken out, and one per step."""
    events = actions.filter(pl.col("action").is_in(list(_CARTS)))
    is_step = pl.col("action") == "checkout_step"
    rows = events.join(products, on="position", how="left", maintain_order="left")
    rows = rows.filter(~is_step | (pl.col("item_index").fill_null(1) == 1))
    product_index = pl.when(~is_step).then("item_index").cast(pl.String)

    def of_product(name: str) -> pl.Expr:
        return pl.when(~is_step).then(pl.col(name))

    return rows.select(
        "position",
        "customer_ref",
        "event_at",
        "recorded_at",
        cart_event_id=pl.concat_str("event_id", product_index, separator="|", ignore_nulls=True),
        cart_id=pl.coalesce(
            pl.col("cart").struct.field("cart_id"), "anonymous_id", "user_id", "event_id"
        ),
        event_type=pl.col("action").replace_strict(_CARTS, default=None),
        product_ref=of_product("id"),
        price=of_product("price").cast(MONEY, strict=False),
        quantity=of_product("quantity").cast(pl.Float64, strict=False),
        currency=pl.coalesce(of_product("currency"), pl.col("cart").struct.field("currency")),
        attributes=of_product("item_attributes"),
    )


def _orders(actions: pl.DataFrame, products: pl.DataFrame) -> dict[str, pl.DataFrame]:
    transaction, refund = pl.col("transaction").struct.field, pl.col("refund").struct.field

    # a transaction beside a refund is what was bought, not what goes back of it
    is_purchase = pl.col("action") == "transaction"

    def amount(name: str) -> pl.Expr:
        return pl.when(is_purchase).then(transaction(name).cast(MONEY, strict=False))

    nothing = pl.lit(None, pl.String)
    purchases = actions.filter(pl.col("action").is_in(list(_ORDERS))).select(
        "position",
        "event_id",
        "event_at",
        "recorded_at",
        "customer_ref",
        order_id=pl.coalesce(transaction("transaction_id"), refund("transaction_id")),
        status=pl.col("action").replace_strict(_ORDERS, default=None),
        subtotal=nothing,
        discount=amount("discount_amount"),
        shipping=amount("shipping"),
        tax=amount("tax"),
        # "the total value of the transaction"
        total=amount("revenue"),
        revenue=nothing,
        refunded_amount=refund("refund_amount").cast(MONEY, strict=False),
        currency=pl.coalesce(transaction("currency"), refund("currency")),
        coupon=transaction("discount_code"),
        affiliation=nothing,
        country_code=nothing,
        attributes=nothing,
    )
    items = products.select(
        "position",
        "item_index",
        product_ref="id",
        sku="id",
        product_name="name",
        quantity=pl.col("quantity").cast(pl.Float64, strict=False),
        unit_price=pl.col("price").cast(MONEY, strict=False),
        list_price=pl.col("list_price").cast(MONEY, strict=False),
        item_currency="currency",
        item_attributes="item_attributes",
    )
    return order_rows(purchases.cast(PURCHASE), items.cast(ITEM))
