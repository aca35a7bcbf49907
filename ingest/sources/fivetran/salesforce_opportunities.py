"""Salesforce's opportunities, their lines and histories in; opportunities and changes out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.salesforce_sales import (
    FIELD_HISTORY,
    FORECAST,
    QUOTA,
    STAGES,
    shares_of,
    values_of,
)  # fmt: skip
from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE, OWNER
from ingest.sources.fivetran.table import Join, Previous, Table, Target, first_of, is_true

_FIELDS = {
    "stage_name": "stage",
    "amount": "amount",
    "close_date": "close_date",
    "owner_id": "owner",
    "forecast_category": "forecast_category",
    "probability": "probability",
}

_LINES = (
    Join(
        tables=("opportunity_line_item",),
        on="id",
        key="opportunity_id",
        take={"$products": "product_2_id"},
        is_list=True,
    ),
)

_OPPORTUNITY = Target(
    entity="opportunity",
    recorded_at="$recorded_at",
    is_deleted="$is_deleted",
    columns={
        "opportunity_id": "id",
        "account_ref": "account_id",
        "primary_contact_ref": "contact_id",
        "campaign_ref": "campaign_id",
        "product_ref": "$product",
        "name": "name",
        "type": {
            "from": "type",
            "patterns": {
                "(?i)renew": "renewal",
                "(?i)^new": "new_business",
                "(?i)existing|upgrade|upsell": "upsell",
            },
        },
        "lead_source": "lead_source",
        "pipeline": {"value": "default"},
        "stage_name": "stage_name",
        "amount": "amount",
        "currency": "$currency",
        "probability": {"from": "probability", "scale": "0.01"},
        "expected_revenue": "expected_revenue",
        "close_date": "close_date",
        "forecast_category": {"from": "forecast_category", "values": FORECAST},
        "is_closed": "is_closed",
        "is_won": "is_won",
        "next_step": "next_step",
        "owner_ref": "$owner",
        "created_at": "created_date",
        "closed_at": "$closed_at",
    },
)

_DERIVED = {
    **LINEAGE,
    **CURRENCY,
    **OWNER,
    # the main product where there is one only; of several the source does not say which
    "$product": pl.when(pl.col("$products").list.len() == 1).then(pl.col("$products").list.first()),
    "$closed_at": pl.when(is_true("is_closed")).then(pl.col("close_date")),
}

OPPORTUNITY = Table(joins=_LINES, derive=_DERIVED, targets=(_OPPORTUNITY,))


def _change(column: str, field: str) -> Target:
    new, old = pl.col(column), pl.col(f"previous.{column}")
    return Target(
        entity="opportunity_history",
        where=new.ne_missing(old) & pl.col("$at").is_not_null(),
        columns={
            "opportunity_ref": "$opportunity",
            "field": {"value": field},
            **values_of(field, f"previous.{column}", column),
            "changed_at": "$at",
            "changed_by_ref": "$by",
        },
        derive=shares_of(field, f"previous.{column}", column),
        attributes=(),
    )


def _history(by: str, at: tuple[str, ...]) -> Previous:
    return Previous(by=(by,), at=at, values=tuple(_FIELDS))


SNAPSHOTS = Table(
    previous=_history("opportunity_id", ("created_date",)),
    derive={
        "$opportunity": pl.col("opportunity_id"),
        "$at": pl.col("created_date"),
        "$by": pl.col("created_by_id"),
    },
    targets=tuple(_change(column, field) for column, field in _FIELDS.items()),
    reason_code="nothing_changed",
    reason="none of stage, amount, close date, forecast category and probability changed",
)
"""Salesforce's own OpportunityHistory: what an opportunity was when it was saved."""

VERSIONS = Table(
    instead=("opportunity_id", SNAPSHOTS),
    previous=_history("id", ("_fivetran_start",)),
    joins=_LINES,
    derive={
        **_DERIVED,
        "$opportunity": pl.col("id"),
        "$at": pl.col("_fivetran_start"),
        "$by": first_of("last_modified_by_id"),
    },
    targets=(_OPPORTUNITY, *(_change(column, field) for column, field in _FIELDS.items())),
    reason_code="nothing_changed",
    reason="none of stage, amount, close date, owner, forecast category and probability changed",
)
"""The opportunity as Fivetran's history mode keeps it: one row a version."""

LINE_ITEM = Table(
    derive={**LINEAGE, **CURRENCY},
    targets=(
        Target(
            entity="opportunity_line",
            where=pl.col("opportunity_id").is_not_null(),
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "opportunity_line_id": "id",
                "opportunity_ref": "opportunity_id",
                "product_ref": "product_2_id",
                "sku": "product_code",
                "product_name": "name",
                "quantity": "quantity",
                "unit_price": "unit_price",
                "list_price": "list_price",
                "amount": "total_price",
                "currency": "$currency",
                "service_date": "service_date",
                "created_at": "created_date",
            },
        ),
    ),
    reason_code="missing_parent",
    reason="the line names no opportunity",
)

OPPORTUNITIES = {
    "opportunity": OPPORTUNITY,
    "opportunity_history": VERSIONS,
    "opportunity_field_history": FIELD_HISTORY,
    "opportunity_stage": Table(derive=LINEAGE, targets=(STAGES,)),
    "opportunity_line_item": LINE_ITEM,
    "forecasting_quota": QUOTA,
}
