"""Snowplow's older ``add_to_cart`` and ``remove_from_cart`` events in, ``cart_event`` rows out."""

from __future__ import annotations

import json

import duckdb
import polars as pl

from ingest.engine import frame_of
from ingest.sources.web.orders import MONEY
from ingest.sources.web.visitors import customer_ref

_EVENTS = {"add_to_cart": "added", "remove_from_cart": "removed"}
_VENDOR = "com.snowplowanalytics.snowplow"
"""Others call events of their own so."""

_SHAPE = json.dumps(dict.fromkeys(("sku", "unitPrice", "price", "quantity", "currency"), "VARCHAR"))

_QUERY = """
with described as (
    select
        position,
        try(json_extract(try_cast(unstruct_event as json), '$.data.data')) as product
    from older_carts
)

select
    position,
    try(from_json(product, getvariable('shape'))) as said,
    '{"product":' || product || '}' as attributes
from described
"""


def older_cart_rows(con: duckdb.DuckDBPyConnection, events: pl.DataFrame) -> pl.DataFrame:
    """Return one row per event: each is about one product. The cart is the visitor's."""
    carts = events.filter(
        pl.col("tracked_event_name").is_in(list(_EVENTS)), pl.col("event_vendor") == _VENDOR
    )
    con.register("older_carts", carts.select("position", "unstruct_event"))
    said = frame_of(con, _QUERY, len(carts), shape=_SHAPE).unnest("said")
    con.unregister("older_carts")
    rows = carts.drop("attributes").join(said, on="position", maintain_order="left")
    return rows.select(
        "position",
        "event_at",
        "recorded_at",
        "attributes",
        cart_event_id="event_id",
        cart_id=pl.coalesce("anonymous_id", "user_id", "event_id"),
        event_type=pl.col("tracked_event_name").replace_strict(_EVENTS, default=None),
        customer_ref=customer_ref(),
        product_ref="sku",
        # the schema has called it by both names
        price=pl.coalesce("unitPrice", "price").cast(MONEY, strict=False),
        quantity=pl.col("quantity").cast(pl.Float64, strict=False),
        currency=pl.col("currency").str.to_uppercase(),
    )
