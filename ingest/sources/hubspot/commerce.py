"""HubSpot products and line items: what becomes of their properties."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.lineage import CREATED, EVENT, STATE
from ingest.sources.objects import NativeObject, ObjectMap, Refusal
from ingest.sources.objects.expressions import first_of
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
            **EVENT,
            where=pl.col("associations.orders").is_not_null(),
        ),
        ObjectMap(
            "opportunity_line",
            {
                "opportunity_line_id": "hs_object_id",
                "opportunity_ref": first_of("associations.deals"),
                **_LINE,
                "amount": "amount",
                "created_at": CREATED,
            },
            **STATE,
            where=pl.col("associations.deals").is_not_null(),
        ),
    ),
    refusals=(
        Refusal(
            pl.col("associations.orders").is_null() & pl.col("associations.deals").is_null(),
            "no_place",
            "the line names neither a deal nor an order, and the warehouse has no table of "
            "quotes; export line items with associations=deals,orders",
        ),
    ),
    evidence=(("hs_product_id",), ("quantity", "price")),
)
