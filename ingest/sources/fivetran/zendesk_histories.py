"""Changes of Zendesk's tickets and the policies applied to them in; ticket events out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join, Previous, Table, Target
from ingest.sources.fivetran.zendesk_roles import AGENTS


def _said(column: str, group: str) -> pl.Expr:
    """Return a value in the words that tickets use: a group by its name."""
    is_group = (pl.col("field_name") == "group_id") & pl.col(group).is_not_null()
    return pl.when(is_group).then(pl.col(group)).otherwise(pl.col(column))


FIELD_HISTORY = Table(
    previous=Previous(by=("ticket_id", "field_name"), at=("updated",), values=("value",)),
    joins=(
        Join(tables=("user",), on="user_id", key="id", take={"$role": "role"}),
        Join(tables=("group",), on="value", key="id", take={"$group": "name"}),
        Join(tables=("group",), on="previous.value", key="id", take={"$previous_group": "name"}),
    ),
    derive={
        "$value": _said("value", "$group"),
        "$previous": _said("previous.value", "$previous_group"),
        "$event_id": pl.concat_str("ticket_id", "field_name", "updated", separator="|"),
        "$is_agent": pl.col("$role").is_in(AGENTS),
        "$actor_type": pl.when("$is_agent")
        .then(pl.lit("agent"))
        .when(pl.col("$role") == "end-user")
        .then(pl.lit("requester"))
        .when(pl.col("user_id") == "-1")
        .then(pl.lit("system")),
        "$actor_ref": pl.when("$is_agent")
        .then(pl.col("user_id"))
        .when(pl.col("$role") == "end-user")
        .then(pl.concat_str(pl.lit("contact:"), pl.col("user_id"))),
    },
    targets=tuple(
        Target(
            entity="ticket_event",
            where=pl.col("field_name") == field,
            columns={
                "ticket_event_id": "$event_id",
                "ticket_ref": "ticket_id",
                "event_type": {"value": event_type},
                "value": {"from": "$value", "values": values},
                "previous_value": {"from": "$previous", "values": values},
                "is_public": {"value": "false"},
                "actor_type": "$actor_type",
                "actor_ref": "$actor_ref",
                "event_at": "updated",
            },
            attributes=("user_id",),
        )
        for field, event_type, values in (
            ("status", "status", {"on-hold": "hold", "on_hold": "hold"}),
            ("assignee_id", "assignee", {}),
            ("group_id", "group", {}),
            ("priority", "priority", {}),
        )
    ),
    reason="of a ticket's fields only status, assignee, group and priority have events; the "
    "present value of the others comes with the ticket",
)

SLA_APPLIED = Table(
    derive={
        "$event_id": pl.concat_str(
            "ticket_id", pl.lit("sla"), "sla_policy_id", "policy_applied_at", separator="|"
        )
    },
    targets=(
        Target(
            entity="ticket_event",
            columns={
                "ticket_event_id": "$event_id",
                "ticket_ref": "ticket_id",
                "event_type": {"value": "sla_applied"},
                "value": "sla_policy_id",
                "actor_type": {"value": "system"},
                "event_at": "policy_applied_at",
            },
        ),
    ),
)

SCHEDULE_APPLIED = Table(
    derive={
        "$event_id": pl.concat_str(
            "ticket_id", pl.lit("schedule"), "schedule_id", "created_at", separator="|"
        )
    },
    targets=(
        Target(
            entity="ticket_event",
            columns={
                "ticket_event_id": "$event_id",
                "ticket_ref": "ticket_id",
                "event_type": {"value": "schedule"},
                "value": "schedule_id",
                "actor_type": {"value": "system"},
                "event_at": "created_at",
            },
        ),
    ),
)
