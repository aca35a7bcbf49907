"""Salesforce Campaign and CampaignMember: what becomes of their fields."""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import is_true, lower, typed
from ingest.sources.salesforce.lineage import CURRENCY, STATE

CAMPAIGN = NativeObject(
    name="Campaign",
    also_called=("Campaigns",),
    maps=(
        ObjectMap(
            "campaign",
            {
                "campaign_id": "Id",
                "name": "Name",
                "type": lower("Type"),
                "status": {
                    "from": lower("Status"),
                    "values": {"in_progress": "active", "canceled": "aborted"},
                },
                "start_date": "StartDate",
                "end_date": "EndDate",
                "parent_ref": "ParentId",
                "budgeted_cost": "BudgetedCost",
                "actual_cost": "ActualCost",
                "expected_revenue": "ExpectedRevenue",
                "currency": CURRENCY,
                "created_at": "CreatedDate",
            },
            **STATE,
            absorbed=("Type", "Status"),
        ),
    ),
    evidence=(("BudgetedCost",), ("NumberSent",)),
)

CAMPAIGN_MEMBER = NativeObject(
    name="CampaignMember",
    also_called=("CampaignMembers",),
    maps=(
        ObjectMap(
            "campaign_member",
            {
                "campaign_member_id": "Id",
                "campaign_ref": "CampaignId",
                "contact_ref": "ContactId",
                "lead_ref": "LeadId",
                "account_ref": "AccountId",
                "status": "Status",
                "has_responded": "HasResponded",
                "first_responded_at": "FirstRespondedDate",
                "added_at": "CreatedDate",
            },
            **STATE,
        ),
        ObjectMap(
            "campaign_touch",
            {
                "touch_id": pl.concat_str(pl.col("Id"), pl.lit("|response")),
                "person_ref": pl.coalesce(
                    typed("contact", pl.col("ContactId")), typed("lead", pl.col("LeadId"))
                ),
                "campaign_ref": "CampaignId",
                "touch_type": {"value": "response"},
                "touched_at": "FirstRespondedDate",
            },
            is_deleted="IsDeleted",
            where=is_true("HasResponded") & pl.col("FirstRespondedDate").is_not_null(),
            keep_rest=False,
        ),
    ),
    evidence=(("CampaignId", "HasResponded"), ("CampaignId", "LeadOrContactId")),
)
