"""Salesforce's stages, quotas and field histories in; the entities of these out."""

from __future__ import annotations

from typing import Any

import polars as pl

from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE
from ingest.sources.fivetran.table import Table, Target
from ingest.sources.objects.expressions import share_of
from ingest.sources.salesforce.history import with_owner_id

FORECAST = {
    "Pipeline": "pipeline", "BestCase": "best_case", "Best Case": "best_case",
    "MostLikely": "most_likely", "Most Likely": "most_likely", "Forecast": "commit",
    "Commit": "commit", "Closed": "closed", "Omitted": "omitted",
}  # fmt: skip

STAGES = Target(
    entity="pipeline_stage",
    recorded_at="$recorded_at",
    is_deleted="$is_deleted",
    columns={
        "pipeline": {"value": "default"},
        "stage_id": "api_name",
        "label": "master_label",
        "display_order": "sort_order",
        "probability": {"from": "default_probability", "scale": "0.01"},
        "is_closed": "is_closed",
        "is_won": "is_won",
        "forecast_category": {"from": "forecast_category", "values": FORECAST},
    },
)


def values_of(field: str, old: str, new: str) -> dict[str, Any]:
    """Return what a change of a field was from and to, in the words and units of opportunities."""
    if field == "probability":
        old, new = "$old_share", "$new_share"
    settings = {"values": FORECAST} if field == "forecast_category" else {}
    return {"old_value": {"from": old, **settings}, "new_value": {"from": new, **settings}}


def shares_of(field: str, old: str, new: str) -> dict[str, pl.Expr]:
    """Return the columns that ``values_of`` reads of a field that is a percentage."""
    if field != "probability":
        return {}
    return {"$old_share": share_of(old), "$new_share": share_of(new)}


_CHANGE = ("opportunity_id", "field", "created_date")

FIELD_HISTORY = Table(
    derive={
        "$old": with_owner_id("old_value", *_CHANGE),
        "$new": with_owner_id("new_value", *_CHANGE),
    },
    targets=tuple(
        Target(
            entity="opportunity_history",
            where=pl.col("field") == name,
            columns={
                "opportunity_ref": "opportunity_id",
                "field": {"value": field},
                **values_of(field, "$old", "$new"),
                "changed_at": "created_date",
                "changed_by_ref": "created_by_id",
            },
            derive=shares_of(field, "$old", "$new"),
            attributes=(),
        )
        for name, field in (
            ("StageName", "stage"),
            ("Amount", "amount"),
            ("CloseDate", "close_date"),
            ("Owner", "owner"),
            ("ForecastCategoryName", "forecast_category"),
            ("Probability", "probability"),
        )
    ),
    reason="of an opportunity's fields only stage, amount, close date, owner, forecast category "
    "and probability have a history",
)

QUOTA = Table(
    derive={**LINEAGE, **CURRENCY},
    targets=(
        Target(
            entity="quota",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "quota_id": "id",
                "owner_ref": "quota_owner_id",
                "period_start": "start_date",
                "product_family": "product_family",
                "territory": "territory_2_id",
                "quota_amount": "quota_amount",
                "quota_quantity": "quota_quantity",
                "currency": "$currency",
            },
        ),
    ),
)
