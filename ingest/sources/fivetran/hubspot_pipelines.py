"""HubSpot's deal pipelines and the histories of deals in; stages and changes out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import (
    Join,
    Previous,
    Table,
    Target,
    changed_at,
    day_of,
    first_of,
    is_true,
)  # fmt: skip
from ingest.sources.hubspot.deals import FORECAST_CATEGORIES, HISTORY_FIELDS

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

_NAME = pl.col("name").str.to_lowercase()


def _said(column: str) -> pl.Expr:
    """Return a value in the words that opportunities use."""
    return (
        pl.when(_NAME == "hs_manual_forecast_category")
        .then(pl.col(column).replace(FORECAST_CATEGORIES))
        .when(_NAME == "closedate")
        .then(day_of(column))
        .otherwise(pl.col(column))
    )


PROPERTY_HISTORY = Table(
    previous=Previous(by=("deal_id", "name"), at=("timestamp",), values=("value",)),
    derive={"$old": _said("previous.value"), "$new": _said("value")},
    targets=tuple(
        Target(
            entity="opportunity_history",
            where=_NAME.eq(name),
            columns={
                "opportunity_ref": "deal_id",
                "field": {"value": field},
                "old_value": "$old",
                "new_value": "$new",
                "changed_at": "timestamp",
            },
            attributes=("source", "source_id"),
        )
        for name, field in HISTORY_FIELDS.items()
    ),
    reason="of a deal's properties only stage, amount, close date, owner, forecast category and "
    "probability have a history; the present value of the others comes with the deal",
)
