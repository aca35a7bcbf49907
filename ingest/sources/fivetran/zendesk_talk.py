"""Zendesk's chats in; their messages as interactions out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join, Part, Table, Target

_AUTHOR = pl.col("original_message").str.extract(r'"author"\s*:\s*\{[^}]*"type"\s*:\s*"(\w+)"')
"""Who wrote it, where the message came through Sunshine Conversations: BUSINESS or USER."""

CHAT_EVENT = Table(
    joins=(
        Join(
            tables=("ticket_chat",),
            on="chat_id",
            key="chat_id",
            # a chat that goes on becomes several tickets; its messages count for the first
            take={"$ticket": "ticket_id", "$channel": "channel", "$visitor": "user_id"},
        ),
    ),
    derive={
        "$actor": pl.col("actor_id").str.strip_chars('"').replace("", None),
        "$id": pl.concat_str("chat_id", "chat_index", "created_at", separator="|"),
        "$author": _AUTHOR,
        "$is_machine": pl.col("$actor").str.starts_with("__")
        | (pl.col("$author") == "BUSINESS").fill_null(value=False),
        "$agent": pl.col("$actor").str.extract(r"^agent:(.+)$"),
        "$direction": pl.when(pl.col("$author") == "USER")
        .then(pl.lit("inbound"))
        .when(
            (pl.col("$author") == "BUSINESS")
            | pl.col("$actor").str.starts_with("agent:")
            | pl.col("$actor").str.starts_with("__")
        )
        .then(pl.lit("outbound"))
        .when(pl.col("$actor").is_not_null())
        .then(pl.lit("inbound")),
        "$kind": pl.when(pl.col("type").is_in(["ChatMessage", "ChatFileAttachment"]))
        .then(pl.lit("message"))
        .when(pl.col("type").is_null() & pl.col("message").is_not_null())
        .then(pl.lit("message"))
        .otherwise(pl.lit("note")),
        "$customer": pl.when(
            (pl.col("$direction") == "inbound") & ~pl.col("$actor").str.contains(":")
        )
        .then(pl.col("$actor"))
        .otherwise(pl.col("$visitor")),
    },
    targets=(
        Target(
            entity="interaction",
            where=pl.col("$direction").is_not_null(),
            columns={
                "interaction_id": "$id",
                "conversation_ref": "chat_id",
                "turn_index": "chat_index",
                "channel": {"value": "chat"},
                "sub_channel": {"value": "zendesk_chat"},
                "direction": "$direction",
                "interaction_type": "$kind",
                "body_text": "message",
                "customer_ref": {"from": "$customer", "as": "contact"},
                "agent_ref": "$agent",
                "started_at": "created_at",
                "is_automated": "$is_machine",
                "ticket_ref": "$ticket",
            },
            also=("$channel",),
        ),
    ),
    reason_code="missing_actor",
    reason="nobody is named who wrote it; whether it is from or to the customer is unknown",
)

TALK = {
    "ticket_chat_event": CHAT_EVENT,
    "ticket_chat": Table(
        part=Part(on="chat_id", tables={"ticket_chat_event": "chat_id"}),
        reason_code="missing_parent",
        reason="no event of the chat is in this folder; a chat is kept with its messages",
    ),
}
