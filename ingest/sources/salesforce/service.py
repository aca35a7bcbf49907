"""Salesforce Case and CaseComment: what becomes of their fields."""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import is_true, lower, typed, with_prefix
from ingest.sources.salesforce.lineage import EVENT, STATE
from ingest.sources.salesforce.owner import OWNER

PRIORITIES = {"critical": "urgent", "urgent": "urgent", "high": "high", "medium": "normal",
              "normal": "normal", "low": "low"}  # fmt: skip

STATUSES = {
    "(?i)^new": "new",
    "(?i)hold": "hold",
    "(?i)pending|waiting|awaiting": "pending",
    "(?i)solved|resolved": "solved",
    "(?i)closed|merged|duplicate": "closed",
}

_STATUS = pl.when(is_true("IsClosed")).then(pl.lit("Closed")).otherwise(pl.col("Status"))

CASE = NativeObject(
    name="Case",
    also_called=("Cases",),
    maps=(
        ObjectMap(
            "ticket",
            {
                "ticket_id": "Id",
                "requester_ref": pl.coalesce(
                    typed("contact", pl.col("ContactId")),
                    typed("email", pl.col("SuppliedEmail")),
                    typed("phone", pl.col("SuppliedPhone")),
                ),
                "assignee_ref": OWNER,
                "group_name": with_prefix("OwnerId", "00G"),
                "organization_ref": "AccountId",
                "via_channel": lower("Origin"),
                "type": lower("Type"),
                "priority": {"from": lower("Priority"), "values": PRIORITIES, "else": None},
                "status": {"from": _STATUS, "patterns": STATUSES, "else": {"value": "open"}},
                "subject": "Subject",
                "created_at": "CreatedDate",
                "solved_at": "ClosedDate",
                "problem_ref": "ParentId",
                "product_ref": "ProductId",
            },
            **STATE,
            merged_into="MasterRecordId",
            absorbed=("ContactId", "Origin"),
        ),
    ),
    evidence=(("CaseNumber",), ("SuppliedEmail",)),
)

CASE_COMMENT = NativeObject(
    name="CaseComment",
    also_called=("CaseComments",),
    maps=(
        ObjectMap(
            "ticket_event",
            {
                "ticket_event_id": "Id",
                "ticket_ref": "ParentId",
                "event_type": pl.when(is_true("IsPublished"))
                .then(pl.lit("comment"))
                .otherwise(pl.lit("note")),
                "value": "CommentBody",
                "is_public": "IsPublished",
                "actor_type": {"value": "agent"},
                "actor_ref": with_prefix("CreatedById", "005"),
                "event_at": "CreatedDate",
            },
            **EVENT,
            absorbed=("CreatedById",),
        ),
    ),
    evidence=(("CommentBody",),),
)
