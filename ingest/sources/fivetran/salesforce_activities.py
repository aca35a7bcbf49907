"""Salesforce's tasks and events in; interactions out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.salesforce_times import LINEAGE_OF_EVENTS, OWNER
from ingest.sources.fivetran.table import Table, Target, first_of, is_true
from ingest.sources.objects.expressions import is_false, text_of_html
from ingest.sources.salesforce.activities import OPEN_STATUSES

_WHO, _WHAT = pl.col("who_id"), pl.col("what_id")

_ABOUT = {
    **OWNER,
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
    "agent_ref": "$owner",
    "started_at": "$started_at",
    "campaign_ref": "$campaign",
    "ticket_ref": "$ticket",
    "opportunity_ref": "$opportunity",
    "order_ref": "$order",
}

_KIND = pl.coalesce("task_subtype", "type").str.to_lowercase()
_HAPPENED = pl.any_horizontal(
    pl.col(column).is_not_null()
    for column in ("completed_date_time", "call_duration_in_seconds", "call_disposition")
)
_IS_PLANNED = ~_HAPPENED & pl.coalesce(
    pl.when(pl.col("is_closed").is_not_null()).then(is_false("is_closed")),
    pl.col("status").str.to_lowercase().is_in(OPEN_STATUSES),
    pl.lit(value=False),
)
"""What is still to be done is a task, whatever it is about."""
_IS_CALL = ~_IS_PLANNED & (
    _KIND.str.contains("call").fill_null(value=False) | pl.col("call_type").is_not_null()
)
_IS_EMAIL = ~_IS_PLANNED & _KIND.str.contains("email").fill_null(value=False)

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

_IS_COPY = pl.any_horizontal(
    is_true("is_child"), is_true("is_recurrence"), pl.col("group_event_type") == "3"
).fill_null(value=False)
"""The entry of a meeting in the calendar of a colleague who was invited, or the pattern of a
series: the meeting, each one of the series, is a row of its own."""

EVENT = Table(
    derive={
        **LINEAGE_OF_EVENTS,
        **_ABOUT,
        "$channel": pl.lit("in_person"),
        "$type": pl.lit("meeting"),
        "$direction": pl.when(pl.col("$customer").is_null() | _IS_COPY)
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
