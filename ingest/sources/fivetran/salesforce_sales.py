"""Salesforce's stages, quotas and field histories in; the entities of these out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE
from ingest.sources.fivetran.table import Table, Target

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

FIELD_HISTORY = Table(
    targets=tuple(
        Target(
            entity="opportunity_history",
            where=pl.col("field") == name,
            columns={
                "opportunity_ref": "opportunity_id",
                "field": {"value": field},
                "old_value": "old_value",
                "new_value": "new_value",
                "changed_at": "created_date",
                "changed_by_ref": "created_by_id",
            },
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
                "quota_amount": "quota_amount",
                "quota_quantity": "quota_quantity",
                "currency": "$currency",
            },
        ),
    ),
)
