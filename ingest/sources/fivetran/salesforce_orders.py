"""Salesforce's products and orders in; products, orders and order lines out."""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE
from ingest.sources.fivetran.table import Join, Table, Target, first_of
from ingest.sources.salesforce.order_status import order_status

PRODUCT = Table(
    derive={**LINEAGE, "$sku": first_of("stock_keeping_unit", "product_code")},
    targets=(
        Target(
            entity="product",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "product_id": "id",
                "sku": "$sku",
                "name": "name",
                "family": "family",
            },
        ),
    ),
)

ORDER = Table(
    derive={
        **LINEAGE,
        **CURRENCY,
        "$placed_at": first_of("effective_date", "created_date"),
        "$customer": first_of("bill_to_contact_id", "ship_to_contact_id"),
        "$country": country("shipping_country_code", "shipping_country"),
        "$status": order_status(pl.col("status").str.to_lowercase(), pl.col("status_code")),
    },
    targets=(
        Target(
            entity="order",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "order_id": "id",
                "customer_ref": {"from": "$customer", "as": "contact"},
                "account_ref": "account_id",
                "opportunity_ref": "opportunity_id",
                "status": "$status",
                "placed_at": "$placed_at",
                "total": "total_amount",
                "currency": "$currency",
                "country_code": "$country",
            },
        ),
    ),
)

ORDER_ITEM = Table(
    joins=(
        Join(tables=("order",), on="order_id", key="id", take={"$effective": "effective_date"}),
    ),
    derive={
        **LINEAGE,
        **CURRENCY,
        "$placed_at": first_of("$effective", "created_date"),
    },
    targets=(
        Target(
            entity="order_line",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "order_line_id": "id",
                "order_ref": "order_id",
                "product_ref": "product_2_id",
                "sku": "product_code",
                "quantity": "quantity",
                "unit_price": "unit_price",
                "list_price": "list_price",
                "currency": "$currency",
                "placed_at": "$placed_at",
            },
        ),
    ),
)

ORDERS = {
    "product_2": PRODUCT,
    "order": ORDER,
    "order_item": ORDER_ITEM,
}
