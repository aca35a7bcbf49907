"""HubSpot's deals, with their companies and contacts, in; opportunities out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.hubspot_pipelines import (
    PROPERTY_HISTORY,
    STAGE,
    STAGE_HISTORY,
    STAGE_OUTCOME,
)  # fmt: skip
from ingest.sources.fivetran.table import (
    Join,
    Part,
    Table,
    Target,
    changed_at,
    day_of,
    first_of,
    is_deleted,
    is_true,
)  # fmt: skip
from ingest.sources.hubspot.analytics import FIVETRAN_ORIGIN
from ingest.sources.hubspot.deals import DEAL_TYPES, FORECAST_CATEGORIES

DEAL = Table(
    joins=(
        Join(
            tables=("deal_company",),
            on="deal_id",
            key="deal_id",
            take={"$company": "company_id"},
            derive={
                # HubSpot's own type 5 marks the primary company, which has a row of the plain type
                # 341 besides; a company's own labels count their types from 1
                "$rank": pl.when(pl.col("category") == "USER_DEFINED")
                .then(2)
                .when(pl.col("type_id") == "5")
                .then(0)
                .otherwise(1)
            },
            order=("$rank", "company_id"),
        ),
        Join(
            tables=("deal_contact",), on="deal_id", key="deal_id", take={"$contact": "contact_id"}
        ),
        Join(
            tables=("deal_contact",),
            on="deal_id",
            key="deal_id",
            take={"$contacts": "contact_id"},
            is_list=True,
        ),
        Join(
            tables=("deal_stage",),
            on="deal_id",
            key="deal_id",
            take={"$entered_stage": "value"},
            where=is_true("_fivetran_active"),
        ),
        Join(
            tables=("merged_deal",),
            on="deal_id",
            key="merged_deal_id",
            take={"$merged_into": "deal_id"},
        ),
        Join(
            tables=("deal_pipeline_stage",),
            on="deal_pipeline_stage_id",
            key="stage_id",
            take={"$stage_closed": "$is_closed", "$stage_won": "$is_won"},
            derive=STAGE_OUTCOME,
        ),
    ),
    derive={
        "$recorded_at": changed_at("property_hs_lastmodifieddate"),
        "$is_deleted": is_deleted("_fivetran_deleted", "is_deleted"),
        "$account": first_of("property_hs_primary_associated_company", "$company"),
        "$pipeline": pl.coalesce("deal_pipeline_id", "property_pipeline", pl.lit("default")),
        "$stage": first_of("deal_pipeline_stage_id", "property_dealstage", "$entered_stage"),
        "$currency": pl.coalesce("property_deal_currency_code", "$company_currency"),
        "$owner": first_of("owner_id", "property_hubspot_owner_id"),
        "$is_won": pl.coalesce(is_true("property_hs_is_closed_won"), pl.col("$stage_won")),
        "$is_closed": pl.coalesce(is_true("property_hs_is_closed"), pl.col("$stage_closed")),
        "$close_date": day_of("property_closedate"),
        "$closed_at": pl.when(pl.col("$is_closed")).then(pl.col("property_closedate")),
        "$forecast": first_of(
            "property_hs_manual_forecast_category", "property_hs_forecast_category"
        ),
    },
    targets=(
        Target(
            entity="opportunity",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="$merged_into",
            columns={
                "opportunity_id": "deal_id",
                "account_ref": "$account",
                "primary_contact_ref": "$contact",
                "name": "property_dealname",
                "type": {"from": "property_dealtype", "values": DEAL_TYPES},
                "lead_source": FIVETRAN_ORIGIN,
                "pipeline": "$pipeline",
                "stage_name": "$stage",
                "amount": "property_amount",
                "currency": "$currency",
                "probability": "property_hs_deal_stage_probability",
                "expected_revenue": "property_hs_projected_amount",
                "close_date": "$close_date",
                "forecast_category": {"from": "$forecast", "values": FORECAST_CATEGORIES},
                "is_closed": "$is_closed",
                "is_won": "$is_won",
                "loss_reason": "property_closed_lost_reason",
                "next_step": "property_hs_next_step",
                "owner_ref": "$owner",
                "created_at": "property_createdate",
                "closed_at": "$closed_at",
            },
            also=("$contacts",),
        ),
    ),
)


def _of_deal(on: str, what: str) -> Table:
    return Table(
        part=Part(on=on, tables={"deal": "deal_id"}),
        reason_code="missing_parent",
        reason=f"its deal is in no file of this folder; {what}",
    )


MERGED_DEAL = Table(
    part=Part(on="merged_deal_id", tables={"deal": "deal_id"}),
    joins=(
        Join(
            tables=("deal",),
            on="deal_id",
            key="deal_id",
            take={
                "$stage_id": "deal_pipeline_stage_id",
                "$dealstage": "property_dealstage",
                "$modified": "property_hs_lastmodifieddate",
            },
        ),
    ),
    derive={
        # the merged deal is gone; what the contract requires of it is said by the survivor
        "$stage": first_of("$stage_id", "$dealstage"),
        "$recorded_at": first_of("_fivetran_synced", "$modified"),
        "$is_merged": pl.lit("true"),
    },
    targets=(
        Target(
            entity="opportunity",
            where=pl.col("$stage").is_not_null(),
            recorded_at="$recorded_at",
            is_deleted="$is_merged",
            merged_into="deal_id",
            columns={"opportunity_id": "merged_deal_id", "stage_name": "$stage"},
            attributes=(),
        ),
    ),
    reason_code="missing_parent",
    reason="neither the deal nor the one it was merged into, with its stage, is in this folder",
)

DEALS = {
    "deal": DEAL,
    "deal_stage": STAGE_HISTORY,
    "deal_property_history": PROPERTY_HISTORY,
    "deal_pipeline_stage": STAGE,
    "deal_pipeline": Table(
        part=Part(on="pipeline_id", tables={"deal_pipeline_stage": "pipeline_id"}),
        reason_code="missing_parent",
        reason="none of its stages is in this folder; a pipeline is kept with its stages",
    ),
    "deal_company": _of_deal("deal_id", "the company of a deal is kept with it"),
    "deal_contact": _of_deal("deal_id", "the contact of a deal is kept with it"),
    "merged_deal": MERGED_DEAL,
}
