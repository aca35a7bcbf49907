"""Salesforce's campaigns and their members in; the entities of the same names out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE
from ingest.sources.fivetran.table import Table, Target

CAMPAIGN = Table(
    derive={**LINEAGE, **CURRENCY, "$status": pl.col("status").str.to_lowercase()},
    targets=(
        Target(
            entity="campaign",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "campaign_id": "id",
                "name": "name",
                "type": "type",
                "status": {"from": "$status", "values": {"in progress": "active"}},
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
    derive=LINEAGE,
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
    ),
)

CAMPAIGNS = {"campaign": CAMPAIGN, "campaign_member": MEMBER}
