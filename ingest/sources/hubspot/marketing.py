"""HubSpot campaigns, lists, memberships: what becomes of them.

A list is a campaign of the type ``list``, who is on it a member of that campaign.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.lineage import CREATED, STATE
from ingest.sources.hubspot.records import MEMBERSHIPS, MEMBERSHIPS_TYPE
from ingest.sources.objects import NativeObject, ObjectMap, Refusal
from ingest.sources.objects.expressions import lower

CAMPAIGNS = NativeObject(
    name="campaigns",
    also_called=("campaign",),
    maps=(
        ObjectMap(
            "campaign",
            {
                "campaign_id": pl.coalesce("hs_object_id", "id", "campaignGuid"),
                "name": "hs_name",
                "status": {
                    "from": lower("hs_campaign_status"),
                    "values": {"in_progress": "active", "paused": "active"},
                },
                "start_date": "hs_start_date",
                "end_date": "hs_end_date",
                "budgeted_cost": "hs_budget_items_sum_amount",
                "actual_cost": "hs_spend_items_sum_amount",
                "currency": pl.coalesce("hs_currency_code", "$currency"),
                "utm_campaign": "hs_utm",
                "created_at": CREATED,
            },
            **STATE,
            absorbed=("createdAt", "hs_campaign_status", "hs_object_id", "id"),
        ),
    ),
    evidence=(("hs_name", "hs_start_date"), ("hs_campaign_status",), ("hs_name",)),
)

EMAIL_CAMPAIGNS = NativeObject(
    name="email_campaigns",
    also_called=("email_campaign",),
    maps=(
        ObjectMap(
            "campaign",
            {
                "campaign_id": "id",
                "name": pl.coalesce("name", "subject"),
                "type": {"value": "email"},
                "channel": {"value": "email"},
            },
            recorded_at="lastUpdatedTime",
            absorbed=("name",),
        ),
    ),
    evidence=(("appId", "numIncluded"), ("appId", "contentId", "name")),
)

LISTS = NativeObject(
    name="lists",
    also_called=("list", "contact_lists", "segments"),
    maps=(
        ObjectMap(
            "campaign",
            {
                "campaign_id": pl.concat_str(pl.lit("list:"), pl.col("listId")),
                "name": "name",
                "type": {"value": "list"},
                "created_at": "createdAt",
            },
            recorded_at="updatedAt",
            is_deleted=pl.when(pl.col("deletedAt").is_not_null()).then(pl.lit("true")),
            absorbed=("listId",),
        ),
    ),
    evidence=(("listId", "processingType"), ("listId", "name")),
)


def _memberships(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per list; a page of a list's members has the list's id in its name only."""
    membership = pl.col(MEMBERSHIPS).struct
    of_file = pl.col("$file").str.extract(r"(\d+)\D*$")
    return (
        frame.filter(pl.col(MEMBERSHIPS).list.len() > 0)
        .explode(MEMBERSHIPS)
        .select(
            "$position",
            "recordId",
            pl.concat_str(pl.lit("list:"), pl.coalesce(membership.field("list"), of_file)).alias(
                "list"
            ),
            membership.field("at").alias("at"),
        )
    )


MEMBERSHIPS_OBJECT = NativeObject(
    name="memberships",
    also_called=("membership", "list_memberships", "list_members"),
    maps=(
        ObjectMap(
            "campaign_member",
            {
                "campaign_member_id": {"from": ["list", "recordId"]},
                "campaign_ref": "list",
                "contact_ref": "recordId",
                "status": {"value": "member"},
                "added_at": "at",
            },
            rows=_memberships,
            fields=("recordId", MEMBERSHIPS),
            keep_rest=False,
        ),
    ),
    refusals=(
        Refusal(
            pl.col("objectTypeId").is_not_null() & (pl.col("objectTypeId") != "0-1"),
            "no_place",
            "a list of other objects than contacts",
        ),
    ),
    nested={MEMBERSHIPS: MEMBERSHIPS_TYPE},
    evidence=(("recordId",),),
)
