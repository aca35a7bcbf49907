"""HubSpot's tickets, their pipelines and histories in; tickets and ticket events out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.hubspot_engagements import DETAILS
from ingest.sources.fivetran.hubspot_merges import merged_join
from ingest.sources.fivetran.table import (
    Join,
    Part,
    Previous,
    Table,
    Target,
    changed_at,
    first_of,
    is_deleted,
    is_true,
)  # fmt: skip
from ingest.sources.objects.expressions import earlier, matched

_PRIORITIES = {"LOW": "low", "MEDIUM": "normal", "HIGH": "high", "URGENT": "urgent"}

_STAGES = {
    "^1$|(?i)^new": "new",
    "^2$|(?i)waiting on (contact|customer)": "pending",
    "^3$|(?i)waiting on us": "open",
    "^4$|(?i)closed|resolved|done": "closed",
}
"""Stages of the pipeline that every account has, by id and by name."""


def _stage(on: str, prefix: str) -> Join:
    return Join(
        tables=("ticket_pipeline_stage",),
        on=on,
        key="stage_id",
        take={
            f"{prefix}closed": "is_closed",
            f"{prefix}state": "ticket_state",
            f"{prefix}label": "label",
        },
    )


def _status(stage: str, prefix: str) -> pl.Expr:
    """Return the status that a stage stands for; null if the stage is not known."""
    closed, state = pl.col(f"{prefix}closed"), pl.col(f"{prefix}state")
    is_closed = is_true(f"{prefix}closed") | (state == "CLOSED")
    return pl.coalesce(
        pl.when(is_closed).then(pl.lit("closed")),
        matched(pl.col(stage), _STAGES, None),
        matched(pl.col(f"{prefix}label"), _STAGES, None),
        pl.when(closed.is_not_null() | state.is_not_null()).then(pl.lit("open")),
    )


def _link(table: str, column: str, name: str, *, is_list: bool = False) -> Join:
    return Join(tables=(table,), on="id", key="ticket_id", take={name: column}, is_list=is_list)


TICKET = Table(
    joins=(
        merged_join("ticket"),
        _stage("property_hs_pipeline_stage", "stage."),
        Join(
            tables=("ticket_pipeline",),
            on="property_hs_pipeline",
            key="pipeline_id",
            take={"$pipeline": "label"},
        ),
        _link("ticket_contact", "contact_id", "$contact"),
        _link("ticket_company", "company_id", "$company"),
        _link("ticket_contact", "contact_id", "$contacts", is_list=True),
        _link("ticket_deal", "deal_id", "$deals", is_list=True),
    ),
    derive={
        "$recorded_at": changed_at("property_hs_lastmodifieddate"),
        "$is_deleted": is_deleted("_fivetran_deleted", "is_deleted"),
        "$closed_at": first_of("property_closed_date", "property_hs_closed_date"),
        "$status": pl.coalesce(
            _status("property_hs_pipeline_stage", "stage."),
            pl.when(pl.col("$closed_at").is_not_null())
            .then(pl.lit("closed"))
            .otherwise(pl.lit("open")),
        ),
        "$replied_at": earlier(
            "property_first_agent_reply_date", "property_hs_first_agent_message_sent_at"
        ),
        "$priority": pl.col("property_hs_ticket_priority").str.to_uppercase(),
        "$via": first_of("property_source_type", "property_hs_object_source"),
        "$event_id": pl.concat_str(pl.col("id"), pl.lit("|created")),
    },
    targets=(
        Target(
            entity="ticket",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="$survivor",
            columns={
                "ticket_id": "id",
                "requester_ref": {"from": "$contact", "as": "contact"},
                "assignee_ref": "property_hubspot_owner_id",
                "organization_ref": "$company",
                "via_channel": "$via",
                "type": "property_hs_ticket_category",
                "priority": {"from": "$priority", "values": _PRIORITIES, "else": "null"},
                "status": "$status",
                "subject": "property_subject",
                "created_at": "property_createdate",
                "solved_at": "$closed_at",
                "first_replied_at": "$replied_at",
            },
            also=("stage.label", "$pipeline", "$contacts", "$deals"),
        ),
        Target(
            entity="ticket_event",
            where=pl.col("property_createdate").is_not_null(),
            columns={
                "ticket_event_id": "$event_id",
                "ticket_ref": "id",
                "event_type": {"value": "created"},
                "event_at": "property_createdate",
            },
            attributes=(),
        ),
    ),
)


def _priority(column: str) -> pl.Expr:
    known = pl.col(column).str.to_uppercase()
    known = known.replace_strict(_PRIORITIES, default=None, return_dtype=pl.String)
    return pl.coalesce(known, pl.col(column))


def _event(name: str, event_type: str, value: str, previous: str) -> Target:
    return Target(
        entity="ticket_event",
        where=pl.col("name") == name,
        columns={
            "ticket_event_id": "$event_id",
            "ticket_ref": "ticket_id",
            "event_type": {"value": event_type},
            "value": value,
            "previous_value": previous,
            "event_at": "$at",
        },
        attributes=("source", "source_id", "value"),
    )


PROPERTY_HISTORY = Table(
    previous=Previous(
        by=("ticket_id", "name"), at=("timestamp_instant", "timestamp"), values=("value",)
    ),
    joins=(_stage("value", "after."), _stage("previous.value", "before.")),
    derive={
        "$at": first_of("timestamp_instant", "timestamp"),
        "$event_id": pl.concat_str("ticket_id", "name", "$at", separator="|"),
        # a stage that no pipeline has any more stays the id it is
        "$status": pl.coalesce(_status("value", "after."), pl.col("value")),
        "$previous_status": pl.coalesce(
            _status("previous.value", "before."), pl.col("previous.value")
        ),
        "$priority": _priority("value"),
        "$previous_priority": _priority("previous.value"),
    },
    targets=(
        _event("hs_pipeline_stage", "status", "$status", "$previous_status"),
        _event("hs_ticket_priority", "priority", "$priority", "$previous_priority"),
        _event("hubspot_owner_id", "assignee", "value", "previous.value"),
    ),
    reason="of a ticket's properties only stage, priority and owner have events; the present "
    "value of the others comes with the ticket",
)


def _of_ticket(thing: str) -> Table:
    return Table(
        part=Part(on="ticket_id", tables={"ticket": "id"}),
        reason_code="missing_parent",
        reason=f"its ticket is in no file of this folder; the {thing} of a ticket is kept with it",
    )


TICKETS = {
    "ticket": TICKET,
    "ticket_property_history": PROPERTY_HISTORY,
    **{f"ticket_{thing}": _of_ticket(thing) for thing in ("contact", "company", "deal")},
    "ticket_engagement": Table(
        part=Part(
            on="engagement_id",
            tables={**dict.fromkeys(DETAILS, "engagement_id"), "engagement": "id"},
        ),
        reason_code="missing_parent",
        reason="its engagement is in no file of this folder; its ticket is kept with it",
    ),
    "ticket_pipeline": Table(
        reason="a pipeline of tickets has no entity; its label is kept with the tickets"
    ),
    "ticket_pipeline_stage": Table(
        reason="a stage of tickets has no entity; it is kept as status of the tickets that are in "
        "it, with its label"
    ),
}
