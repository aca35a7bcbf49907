"""HubSpot tickets: what becomes of their properties.

The warehouse knows six states of a ticket; HubSpot has stages that every account names itself.
Those of the default pipeline are translated, by id or by name; any other is closed where the
ticket has a date of closing and is in it, and open else.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.history import changes_of
from ingest.sources.hubspot.lineage import CREATED, STATE, merged_records
from ingest.sources.hubspot.people import NAMED_OWNERS, OWNER, OWNER_NAME
from ingest.sources.hubspot.records import HISTORY, HISTORY_TYPE
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import earlier, first_of, lower, matched, typed

PRIORITIES = {"low": "low", "medium": "normal", "high": "high", "urgent": "urgent"}

STAGES = {
    "^1$|(?i)^new": "new",
    "^2$|(?i)waiting on (contact|customer)": "pending",
    "^3$|(?i)waiting on us": "open",
    "^4$|(?i)closed|resolved|done": "closed",
}

HISTORY_FIELDS = {
    "hs_pipeline_stage": "status",
    "hs_ticket_priority": "priority",
    "hubspot_owner_id": "assignee",
}

_STATUS = pl.coalesce(
    matched(pl.col("hs_pipeline_stage"), STAGES, None),
    pl.when(pl.col("closed_date").is_not_null()).then(pl.lit("closed")),
    pl.lit("open"),
)


# the first mail of an agent, and the first word in any conversation: chats have only the latter
_FIRST_REPLY = earlier("first_agent_reply_date", "hs_first_agent_message_sent_at")


_CLOSING = pl.when(pl.col("closed_date").is_not_null()).then("hs_pipeline_stage")
"""Stage that a closed ticket is in, which no other word may say closed of."""


def _events(frame: pl.DataFrame) -> pl.DataFrame:
    changes = changes_of(frame, HISTORY_FIELDS)
    closing = frame.select("$position", _CLOSING.alias("closing"))
    changes = changes.join(closing, on="$position", how="left", maintain_order="left")
    return changes.with_columns(_said(name).alias(name) for name in ("old", "new"))


def _said(name: str) -> pl.Expr:
    """Return a value in the words that tickets use."""
    value = pl.col(name)
    stage = pl.coalesce(
        matched(value, STAGES, None),
        pl.when(value == pl.col("closing")).then(pl.lit("closed")),
        matched(value, STAGES, "open"),
    )
    return (
        pl.when(pl.col("field") == "status")
        .then(stage)
        .when(pl.col("field") == "priority")
        .then(value.str.to_lowercase().replace(PRIORITIES))
        .otherwise(value)
    )


TICKETS = NativeObject(
    name="tickets",
    also_called=("ticket",),
    maps=(
        ObjectMap(
            "ticket",
            {
                "ticket_id": "hs_object_id",
                "requester_ref": typed("contact", first_of("associations.contacts")),
                "assignee_ref": OWNER,
                "group_name": "hubspot_team_id",
                "organization_ref": pl.coalesce(
                    "hs_primary_associated_company", first_of("associations.companies")
                ),
                "via_channel": lower("source_type"),
                "priority": {
                    "from": lower("hs_ticket_priority"),
                    "values": PRIORITIES,
                    "else": None,
                },
                "status": _STATUS,
                "subject": "subject",
                "created_at": CREATED,
                "solved_at": "closed_date",
                "first_replied_at": _FIRST_REPLY,
            },
            **STATE,
            absorbed=("createdate", "createdAt", "hubspot_owner_id", OWNER_NAME, "source_type"),
        ),
        ObjectMap(
            "ticket_event",
            {
                "ticket_event_id": {"from": ["hs_object_id", "field", "at"]},
                "ticket_ref": "hs_object_id",
                "event_type": "field",
                "value": "new",
                "previous_value": "old",
                "is_public": {"value": False},
                "event_at": "at",
            },
            rows=_events,
            fields=("hs_object_id", "hs_pipeline_stage", "closed_date", HISTORY),
            keep_rest=False,
        ),
        merged_records(
            "ticket", "ticket_id", {"status": {"value": "closed"}, "created_at": "createdate"},
            "createdate",
        ),
        NAMED_OWNERS,
    ),
    evidence=(("hs_pipeline_stage",), ("hs_ticket_priority",)),
    nested={HISTORY: HISTORY_TYPE},
)  # fmt: skip
