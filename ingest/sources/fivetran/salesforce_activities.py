"""Salesforce's tasks and events in; interactions out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.salesforce_times import LINEAGE_OF_EVENTS
from ingest.sources.fivetran.table import Table, Target, first_of
from ingest.sources.objects.expressions import text_of_html

_WHO, _WHAT = pl.col("who_id"), pl.col("what_id")

_ABOUT = {
    # the first three characters of a Salesforce id say what it is
    "$body": text_of_html("description"),
    "$customer": pl.when(_WHO.str.starts_with("003"))
    .then(pl.concat_str(pl.lit("contact:"), _WHO))
    .when(_WHO.str.starts_with("00Q"))
    .then(pl.concat_str(pl.lit("lead:"), _WHO)),
    "$opportunity": pl.when(_WHAT.str.starts_with("006")).then(_WHAT),
    "$ticket": pl.when(_WHAT.str.starts_with("500")).then(_WHAT),
    "$order": pl.when(_WHAT.str.starts_with("801")).then(_WHAT),
    "$campaign": pl.when(_WHAT.str.starts_with("701")).then(_WHAT),
}

_COMMON = {
    "interaction_id": "id",
    "conversation_ref": "id",
    "channel": "$channel",
    "sub_channel": {"value": "salesforce"},
    "direction": "$direction",
    "interaction_type": "$type",
    "subject": "subject",
    "body_text": "$body",
    "customer_ref": "$customer",
    "agent_ref": "owner_id",
    "started_at": "$started_at",
    "campaign_ref": "$campaign",
    "ticket_ref": "$ticket",
    "opportunity_ref": "$opportunity",
    "order_ref": "$order",
}

_KIND = pl.coalesce("task_subtype", "type").str.to_lowercase()
_IS_CALL = _KIND.str.contains("call").fill_null(value=False) | pl.col("call_type").is_not_null()
_IS_EMAIL = _KIND.str.contains("email").fill_null(value=False)

TASK = Table(
    derive={
        **LINEAGE_OF_EVENTS,
        **_ABOUT,
        "$channel": pl.when(_IS_CALL)
        .then(pl.lit("phone"))
        .when(_IS_EMAIL)
        .then(pl.lit("email"))
        .otherwise(pl.lit("web")),
        "$type": pl.when(_IS_CALL)
        .then(pl.lit("call"))
        .when(_IS_EMAIL)
        .then(pl.lit("message"))
        .otherwise(pl.lit("task")),
        # a colleague logged it: a call that does not say that it came in, went out
        "$direction": pl.when(_IS_CALL)
        .then(pl.coalesce("call_type", pl.lit("Outbound")).str.to_lowercase())
        .when(_IS_EMAIL)
        .then(pl.lit("outbound"))
        .otherwise(pl.lit("internal")),
        "$started_at": first_of("completed_date_time", "created_date"),
    },
    targets=(
        Target(
            entity="interaction",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                **_COMMON,
                "duration_s": "call_duration_in_seconds",
                "disposition": "call_disposition",
            },
        ),
    ),
)

EVENT = Table(
    derive={
        **LINEAGE_OF_EVENTS,
        **_ABOUT,
        "$channel": pl.lit("in_person"),
        "$type": pl.lit("meeting"),
        "$direction": pl.when(pl.col("$customer").is_null())
        .then(pl.lit("internal"))
        .otherwise(pl.lit("outbound")),
        "$started_at": first_of("start_date_time", "activity_date_time", "activity_date"),
    },
    targets=(
        Target(
            entity="interaction",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                **_COMMON,
                "ended_at": "end_date_time",
                "duration_s": {"from": "duration_in_minutes", "scale": "60"},
            },
        ),
    ),
)

ACTIVITIES = {"task": TASK, "event": EVENT}
