"""HubSpot's calls, e-mails, meetings, notes, tasks and messages in; interactions out.

Older exports say in ``engagement`` when it happened and who did it, newer ones in the table of
the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from ingest.sources.fivetran.table import (
    Join,
    Part,
    Table,
    Target,
    changed_at,
    first_of,
    is_deleted,
)  # fmt: skip
from ingest.sources.hubspot.activities import MEETING_OUTCOMES
from ingest.sources.hubspot.calls import CALL_OUTCOMES, DISPOSITIONS
from ingest.sources.objects.expressions import matched, text_of_html

KINDS = ("call", "communication", "email", "meeting", "note", "task")
DETAILS = tuple(f"engagement_{kind}" for kind in KINDS)

_EMAILS = ("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL")

_INBOUND = ("INBOUND", "INCOMING_EMAIL", "FORWARDED_EMAIL", "MEETINGS_PUBLIC")


def _link(thing: str, on: str) -> tuple[Join, Join]:
    table, column = f"engagement_{thing}", f"{thing}_id"
    return (
        Join(tables=(table,), on=on, key="engagement_id", take={f"${thing}": column}),
        Join(
            tables=(table,),
            on=on,
            key="engagement_id",
            take={f"${thing}_ids": column},
            is_list=True,
        ),
    )


def _links(on: str) -> tuple[Join, ...]:
    return (
        *_link("contact", on),
        *_link("company", on),
        *_link("deal", on),
        Join(
            tables=("ticket_engagement",),
            on=on,
            key="engagement_id",
            take={"$ticket": "ticket_id"},
        ),
    )


_ALSO = ("$contact_ids", "$company_ids", "$deal_ids")


def _derived(engagement_id: str, kind: pl.Expr) -> dict[str, pl.Expr]:
    inbound = pl.any_horizontal(
        pl.col(name).is_in(_INBOUND).fill_null(value=False)
        for name in (
            "property_hs_call_direction", "property_hs_email_direction", "source",
            "property_hs_meeting_source",
        )
    )  # fmt: skip
    medium = pl.col("property_hs_communication_channel_type")
    return {
        "$kind": kind,
        "$thread": pl.coalesce("property_hs_email_thread_id", "thread_id", engagement_id),
        "$is_deleted": is_deleted("_fivetran_deleted", "is_deleted"),
        # a call is known since it was logged, also if somebody touches its record years later;
        # that it was deleted is known only since then
        "$recorded_at": pl.when(pl.col("$is_deleted"))
        .then(changed_at("property_hs_lastmodifieddate", "last_updated"))
        .otherwise(first_of("property_hs_createdate", "created_at", "_fivetran_synced")),
        "$completed_at": pl.when(pl.col("$kind") == "TASK").then(
            first_of(
                "property_hs_task_completion_date", "completion_date", "property_hs_createdate",
                "created_at",
            )
        ),
        "$email_status": pl.when(pl.col("$kind").is_in(_EMAILS)).then(
            first_of("property_hs_email_status", "status")
        ),
        "$is_unsent": (pl.col("$email_status") == "SCHEDULED").fill_null(value=False),
        # the time of a scheduled e-mail is when it shall go
        "$logged_at": pl.when(pl.col("$is_unsent")).then(
            first_of("property_hs_createdate", "created_at")
        ),
        "$started_at": first_of(
            "$completed_at", "$logged_at", "start_time", "property_hs_meeting_start_time",
            "property_hs_timestamp", "timestamp", "property_hs_createdate", "created_at",
            "$timestamp",
        ),
        "$ended_at": first_of("end_time", "property_hs_meeting_end_time"),
        "$owner": first_of("property_hubspot_owner_id", "owner_id", "$owner_id"),
        "$subject": first_of(
            "property_hs_email_subject", "property_hs_call_title", "property_hs_meeting_title",
            "property_hs_task_subject", "title", "subject",
        ),
        "$said": first_of(
            "property_hs_email_text", "property_hs_email_html", "property_hs_call_body",
            "property_hs_meeting_body", "property_hs_note_body", "property_hs_task_body",
            "property_hs_communication_body", "body", "text", "html",
        ),
        "$body": text_of_html("$said"),
        "$channel": pl.when(pl.col("$kind") == "COMMUNICATION")
        .then(
            pl.when(medium == "SMS")
            .then(pl.lit("sms"))
            .when(medium == "LINKEDIN_MESSAGE")
            .then(pl.lit("social"))
            .otherwise(pl.lit("chat"))
        )
        .otherwise(
            pl.col("$kind").replace_strict(
                {
                    "CALL": "phone", "EMAIL": "email", "INCOMING_EMAIL": "email",
                    "FORWARDED_EMAIL": "email", "MEETING": "in_person", "NOTE": "web",
                    "TASK": "web",
                },
                default=None,
                return_dtype=pl.String,
            )
        ),
        "$medium": medium.str.to_lowercase(),
        "$sub_channel": pl.coalesce("$medium", pl.lit("hubspot")),
        "$meeting_outcome": pl.when(pl.col("$kind") == "MEETING").then(
            first_of("property_hs_meeting_outcome", "meeting_outcome")
        ),
        "$met": matched(pl.col("$meeting_outcome"), MEETING_OUTCOMES, None),
        # a colleague entered it: what does not say that it came in, went out; when a meeting was
        # called off, nobody met anybody
        "$is_internal": pl.any_horizontal(
            pl.col("$kind").is_in(["NOTE", "TASK"]), "$is_unsent", pl.col("$met") == "failed"
        ).fill_null(value=False),
        "$direction": pl.when("$is_internal")
        .then(pl.lit("internal"))
        .when(inbound | (pl.col("$kind") == "INCOMING_EMAIL"))
        .then(pl.lit("inbound"))
        .otherwise(pl.lit("outbound")),
        "$type": pl.when(pl.col("$kind") == "CALL")
        .then(pl.lit("call"))
        .when(pl.col("$kind").is_in(["MEETING", "NOTE", "TASK"]))
        .then(pl.col("$kind").str.to_lowercase())
        .when(pl.col("$is_unsent"))
        .then(pl.lit("draft"))
        .when(pl.col("$email_status") == "BOUNCED")
        .then(pl.lit("bounce"))
        .otherwise(pl.lit("message")),
        "$duration": first_of("property_hs_call_duration", "duration_milliseconds").cast(
            pl.Float64, strict=False
        )
        / 1000,
        "$call_status": pl.when(pl.col("$kind") == "CALL").then(
            first_of("property_hs_call_status", "status")
        ),
        "$call_disposition": first_of("property_hs_call_disposition", "disposition").replace(
            DISPOSITIONS
        ),
        # what became of a call says more than that it has ended
        "$status": pl.coalesce(
            matched(pl.col("$call_disposition"), CALL_OUTCOMES, None),
            matched(pl.col("$call_status"), CALL_OUTCOMES, None),
            pl.col("$met"),
            pl.col("$email_status").replace_strict(
                {"BOUNCED": "bounced", "FAILED": "failed"}, default=None, return_dtype=pl.String
            ),
        ),
        "$disposition": first_of(
            "$call_disposition", "property_hs_meeting_outcome", "meeting_outcome"
        ),
        "$recording": first_of("property_hs_call_recording_url", "recording_url"),
    }  # fmt: skip


def _columns(engagement_id: str) -> Mapping[str, Any]:
    return {
        "interaction_id": engagement_id,
        "conversation_ref": "$thread",
        "channel": "$channel",
        "sub_channel": "$sub_channel",
        "direction": "$direction",
        "interaction_type": "$type",
        "subject": "$subject",
        "body_text": "$body",
        "customer_ref": {"from": "$contact", "as": "contact"},
        "agent_ref": "$owner",
        "started_at": "$started_at",
        "ended_at": "$ended_at",
        "duration_s": "$duration",
        "outcome": "$status",
        "disposition": "$disposition",
        "recording_url": "$recording",
        "ticket_ref": "$ticket",
        "opportunity_ref": "$deal",
    }


def _detail(kind: str) -> Table:
    return Table(
        joins=(
            Join(
                tables=("engagement",),
                on="engagement_id",
                key="id",
                take={"$timestamp": "timestamp", "$owner_id": "owner_id", "$of_type": "type"},
            ),
            *_links("engagement_id"),
        ),
        derive=_derived("engagement_id", pl.coalesce("$of_type", pl.lit(kind.upper()))),
        targets=(
            Target(
                entity="interaction",
                recorded_at="$recorded_at",
                is_deleted="$is_deleted",
                columns=_columns("engagement_id"),
                also=_ALSO,
            ),
        ),
    )


ENGAGEMENT = Table(
    part=Part(on="id", tables=dict.fromkeys(DETAILS, "engagement_id")),
    joins=_links("id"),
    derive=_derived("id", pl.col("type")),
    targets=(
        Target(
            entity="interaction",
            where=pl.col("$started_at").is_not_null() & pl.col("$channel").is_not_null(),
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns=_columns("id"),
            also=_ALSO,
        ),
    ),
    reason_code="missing_detail",
    reason="the table of its kind, which says when it happened, is not in this folder",
)

ENGAGEMENTS = {
    "engagement": ENGAGEMENT,
    **{f"engagement_{kind}": _detail(kind) for kind in KINDS},
    **{
        f"engagement_{thing}": Table(
            part=Part(
                on="engagement_id",
                tables={**dict.fromkeys(DETAILS, "engagement_id"), "engagement": "id"},
            ),
            reason_code="missing_parent",
            reason=f"its engagement is in no file of this folder; its {thing} is kept with it",
        )
        for thing in ("contact", "company", "deal")
    },
}
