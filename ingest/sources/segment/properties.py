"""Segment events in; the properties of the semantic spec as text columns out."""

from __future__ import annotations

import json

import duckdb
import polars as pl

from ingest.engine import frame_of, shared

_PROPERTIES = (
    "email_id", "campaign_id", "link_url", "list_id",
    "conversation_id", "conversationId", "conversation_duration", "message_id", "messageId",
    "message_body", "agent_id", "agent_name", "role",
    "cart_id", "cartId", "checkout_id", "checkoutId", "order_id", "orderId", "product_id",
    "productId", "id", "sku", "price", "quantity", "currency",
    "affiliation", "subtotal", "total", "revenue", "shipping", "tax", "discount", "coupon",
    "account_name", "accountName", "type", "first_name", "firstName", "last_name", "lastName",
    "email", "phone",
)  # fmt: skip

_OTHER_SPELLINGS = {
    "conversation_id": "conversationId", "message_id": "messageId", "cart_id": "cartId",
    "checkout_id": "checkoutId", "order_id": "orderId", "product_id": "productId",
    "account_name": "accountName", "first_name": "firstName", "last_name": "lastName",
}  # fmt: skip
"""Of the copilot's events and of the first e-commerce spec; Segment's libraries read either."""

_SHAPE = json.dumps(
    {"properties": dict.fromkeys(_PROPERTIES, "VARCHAR"), "context_group_id": "VARCHAR"}
)

_QUERY = """
select
    position,
    try(from_json(attributes, getvariable('shape'))) as said,
    json_extract(attributes, '$.properties')::varchar as properties_text,
    json_extract(attributes, '$.consent.categoryPreferences')::varchar as category_preferences
from semantic_events
"""

_ITEMS_QUERY = """
with listed as (
    select position, json_extract(properties, '$.products[*]') as products
    from semantic_orders
),

numbered as (
    select
        position,
        unnest(products) as product,
        generate_subscripts(products, 1) as item_index
    from listed
)

select
    position,
    item_index,
    try(from_json(product, getvariable('shape'))) as item,
    '{"product":' || product || '}' as item_attributes
from numbered
"""

_ITEM_PROPERTIES = (
    "product_id", "productId", "id", "sku", "name", "quantity", "price", "currency",
)  # fmt: skip
_ITEM_SHAPE = json.dumps(dict.fromkeys(_ITEM_PROPERTIES, "VARCHAR"))


def with_properties(con: duckdb.DuckDBPyConnection, events: pl.DataFrame) -> pl.DataFrame:
    """Add ``p_<property>`` columns, and ``properties`` as JSON.

    Of the context ``group_id`` and, as JSON, ``category_preferences``.
    """
    con.register("semantic_events", shared(events.select("position", "attributes")))
    found = frame_of(con, _QUERY, len(events), shape=_SHAPE)
    con.unregister("semantic_events")
    texts = found.unnest("said").unnest("properties")
    texts = texts.select(
        "position",
        *(_filled(texts[name]).alias(f"p_{name}") for name in _PROPERTIES),
        group_id=_filled(texts["context_group_id"]),
        properties="properties_text",
        category_preferences="category_preferences",
    )
    said = events.join(texts, on="position", how="left", maintain_order="left")
    return said.with_columns(
        *(
            pl.coalesce(f"p_{name}", f"p_{other}").alias(f"p_{name}")
            for name, other in _OTHER_SPELLINGS.items()
        ),
        attributes=pl.lit('{"properties":') + pl.col("properties") + pl.lit("}"),
    )


def items_of(con: duckdb.DuckDBPyConnection, orders: pl.DataFrame) -> pl.DataFrame:
    """Return one row per element of ``products``: its number, texts and the whole of it."""
    con.register("semantic_orders", shared(orders.select("position", "properties")))
    found = frame_of(con, _ITEMS_QUERY, len(orders), shape=_ITEM_SHAPE)
    con.unregister("semantic_orders")
    items = found.unnest("item")
    items = items.with_columns(_filled(items[name]) for name in _ITEM_PROPERTIES)
    return items.with_columns(product_id=pl.coalesce("product_id", "productId"))


def _filled(text: pl.Series) -> pl.Series:
    """Strip blanks; nothing left means null. Most columns of a chunk hold nothing at all."""
    if text.null_count() == len(text):
        return text
    stripped = text.str.strip_chars()
    return stripped.set(stripped == "", None)
