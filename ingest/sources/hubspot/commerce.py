"""HubSpot products and line items: what becomes of their properties."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.lineage import CREATED, STATE
from ingest.sources.objects import NativeObject, ObjectMap, Refusal
from ingest.sources.objects.expressions import first_of, is_true
from ingest.sources.objects.native_object import Setting

PRODUCTS = NativeObject(
    name="products",
    also_called=("product",),
    maps=(
        ObjectMap(
            "product",
            {
                "product_id": "hs_object_id",
                "sku": "hs_sku",
                "name": "name",
                "family": "hs_product_type",
                "list_price": "price",
                "cost": "hs_cost_of_goods_sold",
                "currency": pl.col("$currency"),
            },
            **STATE,
        ),
    ),
    evidence=(("hs_sku", "price"), ("hs_cost_of_goods_sold",), ("hs_product_type",)),
)

_LINE: dict[str, Setting] = {
    "product_ref": "hs_product_id",
    "sku": "hs_sku",
    "product_name": "name",
    "quantity": "quantity",
    "unit_price": "price",
    "discount": "hs_total_discount",
    "currency": pl.coalesce("hs_line_item_currency_code", "$currency"),
}

_HAS_DEAL = pl.col("associations.deals").is_not_null()
_HAS_ORDER = pl.col("associations.orders").is_not_null()
_IS_LOST = is_true("archived") & ~_HAS_DEAL & ~_HAS_ORDER
"""HubSpot takes a line that it archives out of its deal; it must leave the deal here too."""

LINE_ITEMS = NativeObject(
    name="line_items",
    also_called=("line_item", "lineitems"),
    maps=(
        ObjectMap(
            "order_line",
            {
                "order_line_id": "hs_object_id",
                "order_ref": first_of("associations.orders"),
                **_LINE,
                "placed_at": CREATED,
            },
            **STATE,
            where=_HAS_ORDER,
        ),
        ObjectMap(
            "opportunity_line",
            {
                "opportunity_line_id": "hs_object_id",
                "opportunity_ref": pl.when(_IS_LOST)
                .then(pl.lit("unknown"))
                .otherwise(first_of("associations.deals")),
                **_LINE,
                "amount": "amount",
                "created_at": CREATED,
            },
            **STATE,
            where=_HAS_DEAL | _IS_LOST,
        ),
    ),
    refusals=(
        Refusal(
            ~_HAS_ORDER & ~_HAS_DEAL & ~_IS_LOST,
            "no_place",
            "the line names neither a deal nor an order, and the warehouse has no table of "
            "quotes; export line items with associations=deals,orders",
        ),
    ),
    evidence=(("hs_product_id",), ("quantity", "price")),
)
