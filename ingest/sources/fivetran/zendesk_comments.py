"""Comments of Zendesk's tickets in; ticket events and interactions out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join, Table, Target, changed_at, is_deleted, is_true
from ingest.sources.fivetran.zendesk_roles import AGENTS, person, user_join
from ingest.sources.redacted import REDACTED
from ingest.sources.zendesk.comments import CHANNELS

COMMENT = Table(
    joins=(
        Join(tables=("user",), on="user_id", key="id", take={"$role": "role"}),
        Join(
            tables=("ticket",),
            on="ticket_id",
            key="id",
            take={"$requester": "requester_id", "$via": "via_channel", "$subject": "subject"},
        ),
        user_join("$requester", "$requester_"),
    ),
    derive={
        "$is_deleted": is_deleted("_fivetran_deleted"),
        # a comment is known since it was written; that it is gone, only since Fivetran saw it
        "$recorded_at": pl.when(pl.col("$is_deleted")).then(changed_at()),
        "$is_public": is_true("public"),
        "$actor_type": pl.when(pl.col("$role").is_in(AGENTS))
        .then(pl.lit("agent"))
        .when((pl.col("$role") == "end-user") | (pl.col("user_id") == pl.col("$requester")))
        .then(pl.lit("requester")),
        "$actor_ref": pl.when(pl.col("$actor_type") == "agent")
        .then(pl.col("user_id"))
        .when(pl.col("$actor_type") == "requester")
        .then(pl.concat_str(pl.lit("contact:"), pl.col("user_id"))),
        "$direction": pl.when(~pl.col("$is_public"))
        .then(pl.lit("internal"))
        .when(pl.col("$actor_type") == "agent")
        .then(pl.lit("outbound"))
        .when(pl.col("$actor_type") == "requester")
        .then(pl.lit("inbound")),
        "$kind": pl.when("$is_public").then(pl.lit("message")).otherwise(pl.lit("note")),
        "$agent": pl.when(pl.col("$actor_type") == "agent").then(pl.col("user_id")),
        "$is_redacted": pl.when(pl.col("body").str.contains(REDACTED)).then(pl.lit("true")),
        "$is_message": pl.col("$direction").is_not_null() & pl.col("$via").is_not_null(),
        "$unsaid": pl.when(~pl.col("$is_message")).then(pl.col("body")),
        "$customer": person("$requester", "$requester_role", "$requester_email"),
    },
    targets=(
        Target(
            entity="ticket_event",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "ticket_event_id": "id",
                "ticket_ref": "ticket_id",
                "event_type": {"value": "comment"},
                "is_public": "$is_public",
                "actor_type": "$actor_type",
                "actor_ref": "$actor_ref",
                "event_at": "created",
            },
            attributes=("user_id",),
            # the text of a message is kept once
            also=("$unsaid",),
        ),
        Target(
            entity="interaction",
            # who spoke, and by which channel, is known from the user and the ticket
            where=pl.col("$is_message"),
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "interaction_id": "id",
                "conversation_ref": "ticket_id",
                "channel": {"from": "$via", "values": CHANNELS, "else": {"value": "web"}},
                "sub_channel": {"value": "zendesk"},
                "direction": "$direction",
                "interaction_type": "$kind",
                "subject": "$subject",
                "body_text": "body",
                "is_redacted": "$is_redacted",
                "customer_ref": "$customer",
                "agent_ref": "$agent",
                "started_at": "created",
                "ticket_ref": "ticket_id",
            },
            attributes=(),
        ),
    ),
)
