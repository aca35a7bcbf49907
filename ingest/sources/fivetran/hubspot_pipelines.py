"""HubSpot's deal pipelines and the histories of deals in; stages and changes out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import (
    Join,
    Previous,
    Table,
    Target,
    changed_at,
    first_of,
    is_true,
)  # fmt: skip

_IS_CLOSED = pl.coalesce(is_true("is_closed"), is_true("closed_won"))
_PROBABILITY = pl.col("probability").cast(pl.Float64, strict=False)

STAGE_OUTCOME: dict[str, pl.Expr] = {
    "$is_closed": _IS_CLOSED,
    # Fivetran gives up closed_won for is_closed, for it was true of lost stages, too; HubSpot
    # gives a stage that is won a probability of 1, and one that is lost 0
    "$is_won": pl.when(_PROBABILITY.is_not_null())
    .then(_IS_CLOSED & (_PROBABILITY == 1))
    .otherwise(is_true("closed_won")),
}

STAGE = Table(
    joins=(
        Join(
            tables=("deal_pipeline",),
            on="pipeline_id",
            key="pipeline_id",
            take={"$pipeline_label": "label"},
        ),
    ),
    derive={
        "$recorded_at": changed_at("updated_at"),
        # HubSpot counts from 0
        "$order": pl.col("display_order").cast(pl.Int64, strict=False) + 1,
        **STAGE_OUTCOME,
    },
    targets=(
        Target(
            entity="pipeline_stage",
            recorded_at="$recorded_at",
            is_deleted="_fivetran_deleted",
            columns={
                "pipeline": "pipeline_id",
                "stage_id": "stage_id",
                "label": "label",
                "display_order": "$order",
                "probability": "probability",
                "is_closed": "$is_closed",
                "is_won": "$is_won",
            },
            also=("$pipeline_label",),
        ),
    ),
)

STAGE_HISTORY = Table(
    previous=Previous(by=("deal_id",), at=("date_entered", "_fivetran_start"), values=("value",)),
    derive={"$at": first_of("date_entered", "_fivetran_start")},
    targets=(
        Target(
            entity="opportunity_history",
            columns={
                "opportunity_ref": "deal_id",
                "field": {"value": "stage"},
                "old_value": "previous.value",
                "new_value": "value",
                "changed_at": "$at",
            },
            attributes=("source", "source_id"),
        ),
    ),
)

PROPERTY_HISTORY = Table(
    previous=Previous(by=("deal_id", "name"), at=("timestamp",), values=("value",)),
    targets=tuple(
        Target(
            entity="opportunity_history",
            where=pl.col("name").str.to_lowercase() == name,
            columns={
                "opportunity_ref": "deal_id",
                "field": {"value": field},
                "old_value": "previous.value",
                "new_value": "value",
                "changed_at": "timestamp",
            },
            attributes=("source", "source_id"),
        )
        for name, field in (
            ("dealstage", "stage"),
            ("amount", "amount"),
            ("closedate", "close_date"),
            ("hubspot_owner_id", "owner"),
            ("hs_manual_forecast_category", "forecast_category"),
            ("hs_deal_stage_probability", "probability"),
        )
    ),
    reason="of a deal's properties only stage, amount, close date, owner, forecast category and "
    "probability have a history; the present value of the others comes with the deal",
)
