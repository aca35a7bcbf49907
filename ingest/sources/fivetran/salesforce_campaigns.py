"""Salesforce's campaigns and their members in; the entities of the same names out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE
from ingest.sources.fivetran.table import Table, Target, is_true
from ingest.sources.objects.expressions import lower, typed

CAMPAIGN = Table(
    derive={**LINEAGE, **CURRENCY, "$status": lower("status"), "$type": lower("type")},
    targets=(
        Target(
            entity="campaign",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "campaign_id": "id",
                "name": "name",
                "type": "$type",
                "status": {
                    "from": "$status",
                    "values": {"in_progress": "active", "canceled": "aborted"},
                },
                "start_date": "start_date",
                "end_date": "end_date",
                "parent_ref": "parent_id",
                "budgeted_cost": "budgeted_cost",
                "actual_cost": "actual_cost",
                "expected_revenue": "expected_revenue",
                "currency": "$currency",
                "created_at": "created_date",
            },
        ),
    ),
)

MEMBER = Table(
    derive={
        **LINEAGE,
        "$touch_id": pl.concat_str(pl.col("id"), pl.lit("|response")),
        "$person": pl.coalesce(
            typed("contact", pl.col("contact_id")), typed("lead", pl.col("lead_id"))
        ),
    },
    targets=(
        Target(
            entity="campaign_member",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "campaign_member_id": "id",
                "campaign_ref": "campaign_id",
                "contact_ref": "contact_id",
                "lead_ref": "lead_id",
                "account_ref": "account_id",
                "status": "status",
                "has_responded": "has_responded",
                "first_responded_at": "first_responded_date",
                "added_at": "created_date",
            },
        ),
        Target(
            entity="campaign_touch",
            where=is_true("has_responded") & pl.col("first_responded_date").is_not_null(),
            is_deleted="$is_deleted",
            columns={
                "touch_id": "$touch_id",
                "person_ref": "$person",
                "campaign_ref": "campaign_id",
                "touch_type": {"value": "response"},
                "touched_at": "first_responded_date",
            },
            attributes=(),
        ),
    ),
)

CAMPAIGNS = {"campaign": CAMPAIGN, "campaign_member": MEMBER}
