"""HubSpot orders: what becomes of their properties; what has no place: carts.

Shops write their orders into HubSpot. Some state the subtotal before the order's discount, some
after it (Shopify), and where prices hold the tax it is in neither sum: which of them it is the
total tells. Where it does not, no subtotal is stated, and the revenue is the total less shipping
and tax.
"""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.hubspot.lineage import CREATED, STATE, merged_records
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import first_of, is_true, lower, typed

STAGES = {
    "4b27b500-f031-4927-9811-68a0b525cbae": "open",
    "937ea84d-0a4f-4dcf-9028-3f9c2aafbf03": "processed",
    "aa99e8d0-c1d5-4071-b915-d240bbb1aed9": "shipped",
    "3725360f-519b-4b18-a593-494d60a29c9f": "delivered",
    "3c85a297-e9ce-400b-b42e-9f16853d69d6": "cancelled",
}
"""Stages of the pipeline of orders that every account begins with, as HubSpot calls them."""

_WORDS = {
    "open": "placed", "processed": "placed", "placed": "placed", "draft": "draft",
    "shipped": "shipped", "fulfilled": "shipped", "delivered": "completed",
    "completed": "completed", "cancelled": "cancelled", "canceled": "cancelled",
    "refunded": "refunded", "returned": "returned",
}  # fmt: skip

_CANCELLED_AT = "hs_external_canceled_date"
_IS_CANCELLED = pl.col(_CANCELLED_AT).is_not_null() | is_true("hs_is_canceled")
_SHOP_SAYS = lower("hs_external_order_status")
_STAGE = pl.col("hs_pipeline_stage").replace(STAGES).str.to_lowercase()


def _known(word: pl.Expr) -> pl.Expr:
    return word.replace_strict(_WORDS, default=None, return_dtype=pl.String)


# an account may call the stages something else: what the shop itself says goes first
_STATUS = (
    pl.when(_IS_CANCELLED)
    .then(pl.lit("cancelled"))
    .otherwise(
        pl.coalesce(
            _known(_SHOP_SAYS),
            _known(_STAGE),
            _known(lower("hs_fulfillment_status")),
            _SHOP_SAYS,
            lower("hs_fulfillment_status"),
        )
    )
)


def _money(field: str) -> pl.Expr:
    return pl.col(field).cast(pl.Decimal(18, 4), strict=False)


def _or_nothing(field: str) -> pl.Expr:
    return (
        pl.when(pl.col(field).is_null()).then(pl.lit(0, pl.Decimal(18, 4))).otherwise(_money(field))
    )


_SUBTOTAL, _TOTAL = _money("hs_subtotal_price"), _money("hs_total_price")
_DISCOUNT = _or_nothing("hs_order_discount")
_ON_TOP = _or_nothing("hs_shipping_cost") + _or_nothing("hs_tax")
_CENT = pl.lit("0.01").cast(pl.Decimal(18, 4))
_IS_BEFORE_DISCOUNT = (_SUBTOTAL - _DISCOUNT + _ON_TOP - _TOTAL).abs() <= _CENT
_IS_AFTER_DISCOUNT = (_SUBTOTAL + _ON_TOP - _TOTAL).abs() <= _CENT
_BEFORE_DISCOUNT = (
    pl.when(_IS_BEFORE_DISCOUNT | (_TOTAL.is_null() & (_DISCOUNT == 0)))
    .then(_SUBTOTAL)
    .when(_IS_AFTER_DISCOUNT)
    .then(_SUBTOTAL + _DISCOUNT)
    .cast(pl.String)
)
_PLACED_AT = pl.coalesce("hs_external_created_date", "hs_processed_date", CREATED)

ORDERS = NativeObject(
    name="orders",
    maps=(
        ObjectMap(
            "order",
            {
                "order_id": "hs_object_id",
                "customer_ref": pl.coalesce(
                    typed("contact", first_of("associations.contacts")),
                    typed("email", pl.col("hs_billing_address_email")),
                ),
                "account_ref": first_of("associations.companies"),
                "opportunity_ref": first_of("associations.deals"),
                "status": _STATUS,
                "placed_at": _PLACED_AT,
                "subtotal": _BEFORE_DISCOUNT,
                "discount": "hs_order_discount",
                "shipping": "hs_shipping_cost",
                "tax": "hs_tax",
                "total": "hs_total_price",
                "currency": pl.coalesce("hs_currency_code", "$currency"),
                "coupon": "hs_discount_codes",
                "affiliation": "hs_source_store",
                "country_code": country("hs_shipping_address_country"),
                "cancelled_at": _CANCELLED_AT,
                "refunded_amount": "hs_refund_amount",
            },
            **STATE,
            absorbed=("hs_external_created_date",),
        ),
        merged_records(
            "order", "order_id", {"placed_at": _PLACED_AT}, *_PLACED_AT.meta.root_names()
        ),
    ),
    evidence=(
        ("hs_order_name",), ("hs_total_price",), ("hs_external_order_id",),
        ("hs_external_order_status",),
    ),
)  # fmt: skip

CARTS = NativeObject(
    name="carts",
    no_place="a cart of HubSpot's does not say what was put into it when, and the warehouse keeps "
    "such events alone; leave this file out of path",
    evidence=(("hs_cart_name",), ("hs_external_cart_id",)),
)
