"""Salesforce products, orders, lines of orders and opportunities; what has no place: quotes."""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import lower, typed
from ingest.sources.salesforce.lineage import CURRENCY, STATE
from ingest.sources.salesforce.order_status import order_status

PRODUCT = NativeObject(
    name="Product2",
    also_called=("Products", "Product"),
    maps=(
        ObjectMap(
            "product",
            {
                "product_id": "Id",
                "sku": pl.coalesce("StockKeepingUnit", "ProductCode"),
                "name": "Name",
                "family": "Family",
                "currency": CURRENCY,
            },
            **STATE,
        ),
    ),
    evidence=(("ProductCode", "Family"), ("StockKeepingUnit",)),
)

ORDER = NativeObject(
    name="Order",
    also_called=("Orders",),
    maps=(
        ObjectMap(
            "order",
            {
                "order_id": "Id",
                "customer_ref": typed("contact", pl.coalesce("BillToContactId", "ShipToContactId")),
                "account_ref": "AccountId",
                "opportunity_ref": "OpportunityId",
                "status": order_status(lower("Status"), pl.col("StatusCode")),
                "placed_at": pl.coalesce("EffectiveDate", "CreatedDate"),
                "total": "TotalAmount",
                "currency": CURRENCY,
                "country_code": country("ShippingCountryCode", "ShippingCountry"),
            },
            **STATE,
            absorbed=("Status", "EffectiveDate"),
        ),
    ),
    evidence=(("OrderNumber",), ("EffectiveDate", "TotalAmount")),
)

ORDER_ITEM = NativeObject(
    name="OrderItem",
    also_called=("OrderItems", "OrderProduct", "OrderProducts"),
    maps=(
        ObjectMap(
            "order_line",
            {
                "order_line_id": "Id",
                "order_ref": "OrderId",
                "product_ref": "Product2Id",
                "sku": "Product2.ProductCode",
                "product_name": "Product2.Name",
                "quantity": "Quantity",
                "unit_price": "UnitPrice",
                "list_price": "ListPrice",
                "currency": CURRENCY,
            },
            **STATE,
        ),
    ),
    evidence=(("OrderId", "Quantity"),),
)

OPPORTUNITY_LINE_ITEM = NativeObject(
    name="OpportunityLineItem",
    also_called=("OpportunityLineItems", "OpportunityProduct"),
    maps=(
        ObjectMap(
            "opportunity_line",
            {
                "opportunity_line_id": "Id",
                "opportunity_ref": "OpportunityId",
                "product_ref": "Product2Id",
                "sku": pl.coalesce("Product2.ProductCode", "ProductCode"),
                "product_name": pl.coalesce("Product2.Name", "Name"),
                "quantity": "Quantity",
                "unit_price": "UnitPrice",
                "list_price": "ListPrice",
                "amount": "TotalPrice",
                "currency": CURRENCY,
                "service_date": "ServiceDate",
                "created_at": "CreatedDate",
            },
            **STATE,
        ),
    ),
    evidence=(("OpportunityId", "UnitPrice"),),
)

PRICEBOOK_ENTRY = NativeObject(
    name="PricebookEntry",
    also_called=("PricebookEntries",),
    no_place="a product has one list price here, price books have many; leave this file out of "
    "path",
    evidence=(("Pricebook2Id", "UnitPrice"),),
)

QUOTE = NativeObject(
    name="Quote",
    also_called=("Quotes",),
    no_place="the warehouse has no table of quotes; leave this file out of path",
    evidence=(("QuoteNumber",),),
)
