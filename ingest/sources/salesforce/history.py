"""Salesforce OpportunityFieldHistory and CaseHistory: a row per change of a field.

Of a new owner Salesforce writes two rows, one with names and one with ids: both become the row
with ids.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap, Refusal
from ingest.sources.objects.expressions import matched, share_of, with_prefix
from ingest.sources.salesforce.sales import FORECAST_CATEGORIES
from ingest.sources.salesforce.service import PRIORITIES, STATUSES

OPPORTUNITY_FIELDS = {
    "StageName": "stage", "Stage": "stage", "Amount": "amount", "CloseDate": "close_date",
    "Probability": "probability", "Owner": "owner", "OwnerId": "owner",
    "ForecastCategory": "forecast_category", "ForecastCategoryName": "forecast_category",
}  # fmt: skip

CASE_FIELDS = {
    "created": "created", "Status": "status", "Priority": "priority", "Owner": "assignee",
    "OwnerId": "assignee",
}  # fmt: skip

_ID = r"^00[5G][0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$"


def with_owner_id(value: str, *change: str) -> pl.Expr:
    """Return a value, of two rows about one change of owner the one that is an id.

    Parameters
    ----------
    change
        Columns that both rows about one change share.
    """
    owner_id = pl.when(pl.col(value).str.contains(_ID)).then(value)
    return pl.coalesce(owner_id.max().over(change), value)


def _owner_id(value: str, parent: str) -> pl.Expr:
    return with_owner_id(value, parent, "Field", "CreatedDate")


def _opportunity_value(value: pl.Expr) -> pl.Expr:
    """Return a value in the words and units that opportunities use."""
    kind = pl.col("Field").replace(OPPORTUNITY_FIELDS)
    return (
        pl.when(kind == "forecast_category")
        .then(value.replace(FORECAST_CATEGORIES))
        .when(kind == "probability")
        .then(share_of(value))
        .otherwise(value)
    )


def _not_kept(fields: dict[str, str], what: str) -> Refusal:
    kept = ", ".join(sorted(fields))
    return Refusal(
        ~pl.col("Field").is_in(list(fields)) | pl.col("Field").is_null(),
        "field_not_kept",
        pl.concat_str(
            pl.lit("a change of "),
            pl.col("Field").fill_null("no field"),
            pl.lit(
                f", of which the warehouse keeps no history; export {what} with WHERE Field IN "
            ),
            pl.lit(f"({kept})"),
        ),
    )


OPPORTUNITY_FIELD_HISTORY = NativeObject(
    name="OpportunityFieldHistory",
    maps=(
        ObjectMap(
            "opportunity_history",
            {
                "opportunity_ref": "OpportunityId",
                "field": {"from": "Field", "values": OPPORTUNITY_FIELDS},
                "old_value": _opportunity_value(_owner_id("OldValue", "OpportunityId")),
                "new_value": _opportunity_value(_owner_id("NewValue", "OpportunityId")),
                "changed_at": "CreatedDate",
                "changed_by_ref": "CreatedById",
            },
            is_deleted="IsDeleted",
            keep_rest=False,
        ),
    ),
    refusals=(_not_kept(OPPORTUNITY_FIELDS, "OpportunityFieldHistory"),),
    evidence=(("OpportunityId", "Field", "NewValue"),),
)

_SAME_OWNER = pl.concat_str(
    [pl.col("CaseId"), pl.col("Field"), pl.col("CreatedDate")], separator="|"
)


def _case_value(value: pl.Expr) -> pl.Expr:
    """Return a value in the words that tickets use."""
    field = pl.col("Field")
    return (
        pl.when(field == "Status")
        .then(matched(value, STATUSES, "open"))
        .when(field == "Priority")
        .then(value.str.to_lowercase().replace(PRIORITIES))
        .otherwise(value)
    )


CASE_HISTORY = NativeObject(
    name="CaseHistory",
    also_called=("CaseHistories",),
    maps=(
        ObjectMap(
            "ticket_event",
            {
                "ticket_event_id": pl.when(pl.col("Field").is_in(["Owner", "OwnerId"]))
                .then(_SAME_OWNER)
                .otherwise(pl.col("Id")),
                "ticket_ref": "CaseId",
                "event_type": {"from": "Field", "values": CASE_FIELDS},
                "value": _case_value(_owner_id("NewValue", "CaseId")),
                "previous_value": _case_value(_owner_id("OldValue", "CaseId")),
                "is_public": {"value": False},
                "actor_type": {"value": "agent"},
                "actor_ref": with_prefix("CreatedById", "005"),
                "event_at": "CreatedDate",
            },
            is_deleted="IsDeleted",
            keep_rest=False,
        ),
    ),
    refusals=(_not_kept(CASE_FIELDS, "CaseHistory"),),
    evidence=(("CaseId", "Field", "NewValue"),),
)
