"""Snowplow's e-commerce actions in; what their entities say, and their products one by one, out."""

from __future__ import annotations

import json

import duckdb
import polars as pl

from ingest.engine import frame_of
from ingest.sources.snowplow.entities import SHOP

_SHAPES = {
    "cart": ("cart_id", "currency"),
    "transaction": (
        "transaction_id", "revenue", "currency", "tax", "shipping", "discount_code",
        "discount_amount",
    ),
    "refund": ("transaction_id", "currency", "refund_amount"),
}  # fmt: skip
_PRODUCT = json.dumps(
    dict.fromkeys(("id", "name", "price", "list_price", "quantity", "currency"), "VARCHAR")
)


def _first(entity: str) -> str:
    shape = json.dumps(dict.fromkeys(_SHAPES[entity], "VARCHAR"))
    return f"try(from_json({_of(entity)}[1], '{{\"data\":{shape}}}')).data as {entity}"


def _of(entity: str) -> str:
    return (
        "list_filter(entities, lambda e: "
        f"starts_with(json_extract_string(e, '$.schema'), '{SHOP}/{entity}/'))"
    )


_QUERY = f"""
with listed as (
    select
        position,
        try(json_extract_string(try_cast(unstruct_event as json), '$.data.data.type')) as action,
        try(json_extract(try_cast(contexts as json), '$.data[*]')) as entities
    from shop_events
)

select
    position,
    action,
    {_first("cart")},
    {_first("transaction")},
    {_first("refund")},
    {_of("product")} as products
from listed
"""  # noqa: S608

_PRODUCTS = f"""
with numbered as (
    select
        position,
        unnest(products) as product,
        generate_subscripts(products, 1) as item_index
    from shop_actions
)

select
    position,
    item_index,
    unnest(try(from_json(json_extract(product, '$.data'), '{_PRODUCT}'))),
    '{{"product":' || json_extract(product, '$.data') || '}}' as item_attributes
from numbered
"""  # noqa: S608


def actions_of(
    con: duckdb.DuckDBPyConnection, events: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per event, and one per product.

    Of an event: ``action`` and the structs ``cart``, ``transaction`` and ``refund``; of a product:
    its number from 1, its properties as texts and the whole as ``item_attributes``.
    """
    con.register("shop_events", events.select("position", "unstruct_event", "contexts"))
    said = frame_of(con, _QUERY, len(events))
    con.register("shop_actions", said.select("position", "products"))
    products = frame_of(con, _PRODUCTS, len(events))
    con.unregister("shop_events")
    con.unregister("shop_actions")
    return said, products
