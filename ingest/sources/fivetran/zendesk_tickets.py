"""Zendesk's tickets, with what is kept with them, in; tickets out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join, Part, Table, Target, changed_at, is_true
from ingest.sources.fivetran.zendesk_comments import COMMENT
from ingest.sources.fivetran.zendesk_histories import FIELD_HISTORY, SCHEDULE_APPLIED, SLA_APPLIED
from ingest.sources.fivetran.zendesk_roles import person, user_join

STATUSES = {"on-hold": "hold", "on_hold": "hold", "deleted": "closed"}
"""Zendesk's other words for a status; what it deletes it does not work on any more."""

TICKET = Table(
    joins=(
        user_join("requester_id", "$requester_"),
        user_join("submitter_id", "$submitter_"),
        Join(tables=("group",), on="group_id", key="id", take={"$group": "name"}),
        Join(tables=("brand",), on="brand_id", key="id", take={"$brand": "name"}),
        Join(
            tables=("ticket_form_history", "ticket_form"),
            on="ticket_form_id",
            key="id",
            take={"$form": "name"},
        ),
        Join(tables=("ticket_tag",), on="id", key="ticket_id", take={"$tags": "tag"}, is_list=True),
        Join(
            tables=("ticket",),
            on="id",
            key="merged_ticket_ids",
            take={"$merged_into": "id"},
            splits_key=True,
        ),
    ),
    derive={
        "$recorded_at": changed_at("updated_at"),
        "$is_deleted": (pl.col("status") == "deleted")
        | is_true("_fivetran_deleted").fill_null(value=False),
        "$requester": person("requester_id", "$requester_role", "$requester_email"),
        "$submitter": person("submitter_id", "$submitter_role", "$submitter_email"),
        "$event_id": pl.concat_str(pl.col("id"), pl.lit("|created")),
    },
    targets=(
        Target(
            entity="ticket",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="$merged_into",
            columns={
                "ticket_id": "id",
                "requester_ref": "$requester",
                "submitter_ref": "$submitter",
                "assignee_ref": "assignee_id",
                "group_name": "$group",
                "organization_ref": "organization_id",
                "brand": "$brand",
                "via_channel": "via_channel",
                "type": "type",
                "priority": {"from": "priority", "values": {"medium": "normal"}},
                "status": {"from": "status", "values": STATUSES},
                "subject": "subject",
                "tags": "$tags",
                "created_at": "created_at",
                "due_at": "due_at",
                "problem_ref": "problem_id",
                "satisfaction_score": "satisfaction_rating_score",
            },
            also=("$form",),
        ),
        Target(
            entity="ticket_event",
            columns={
                "ticket_event_id": "$event_id",
                "ticket_ref": "id",
                "event_type": {"value": "created"},
                "is_public": {"value": "true"},
                "event_at": "created_at",
            },
            where=pl.col("created_at").is_not_null(),
            attributes=(),
        ),
    ),
)


def _of_ticket(what: str) -> Table:
    return Table(
        part=Part(on="ticket_id", tables={"ticket": "id"}),
        reason_code="missing_parent",
        reason=f"its ticket is in no file of this folder; {what}",
    )


TICKETS = {
    "ticket": TICKET,
    "ticket_field_history": FIELD_HISTORY,
    "ticket_comment": COMMENT,
    "ticket_sla_policy": SLA_APPLIED,
    "ticket_tag": _of_ticket("a tag is kept with its ticket"),
    "ticket_schedule": SCHEDULE_APPLIED,
    "group": Table(reason="a group has no entity; its name is kept as group_name of its tickets"),
    "brand": Table(reason="a brand has no entity; its name is kept as brand of its tickets"),
    **dict.fromkeys(
        ("ticket_form", "ticket_form_history"),
        Table(reason="a ticket form has no entity; its name is kept with the tickets"),
    ),
    "ticket_custom_field": Table(
        reason="the title of a field of tickets has no entity; what a ticket holds in the field "
        "is in a column custom_… of ticket"
    ),
}
