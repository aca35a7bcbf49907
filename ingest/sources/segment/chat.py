"""Live chat and copilot events of the Segment spec in; messages and agents out."""

from __future__ import annotations

import polars as pl

from ingest.sources.web.visitors import customer_ref

# in the spec the customer sends and receives, not the agent
_DIRECTIONS = {
    "Live Chat Conversation Started": "inbound",
    "Live Chat Message Sent": "inbound",
    "Live Chat Message Received": "outbound",
    "Live Chat Conversation Ended": "internal",
    "Conversation Started": "inbound",
    "Message Sent": "inbound",
    "Message Received": "outbound",
    "Conversation Ended": "internal",
}
CHAT_EVENTS = tuple(_DIRECTIONS)


def chat_rows(said: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``interaction`` and ``agent``.

    A conversation starts with the customer's first message; a start that brings none is no
    message. An end is a note on the conversation: the spec does not say who wrote its text.
    """
    is_end = pl.col("direction") == "internal"
    has_message = pl.coalesce("p_message_id", "p_message_body").is_not_null()
    events = (
        said.filter(pl.col("event_name").is_in(CHAT_EVENTS))
        .with_columns(
            direction=pl.col("event_name").replace_strict(_DIRECTIONS, default=None),
            customer_ref=customer_ref(),
        )
        .filter(pl.col("p_conversation_id").is_not_null(), is_end | has_message)
    )
    is_inbound = pl.col("direction") == "inbound"
    is_outbound = pl.col("direction") == "outbound"
    duration = pl.col("p_conversation_duration").cast(pl.Float64, strict=False)
    messages = events.select(
        "position",
        "direction",
        "customer_ref",
        "recorded_at",
        "attributes",
        interaction_id=pl.concat_str(
            "p_conversation_id", pl.coalesce("p_message_id", "event_id"), separator="|"
        ),
        conversation_ref="p_conversation_id",
        channel=pl.lit("chat"),
        sub_channel=pl.when(pl.col("event_name").str.starts_with("Live Chat"))
        .then(pl.lit("live_chat"))
        .otherwise(pl.lit("copilot")),
        interaction_type=pl.when(is_end).then(pl.lit("note")).otherwise(pl.lit("message")),
        body_text="p_message_body",
        from_ref=pl.when(is_inbound).then("customer_ref"),
        to_refs=pl.when(is_outbound).then(pl.concat_list("customer_ref")),
        agent_ref="p_agent_id",
        started_at="event_at",
        ended_at=pl.when(is_end).then("event_at"),
        duration_s=pl.when(is_end & (duration >= 0)).then(duration),
        disposition=pl.when(is_end).then(pl.lit("ended")),
    )
    agents = (
        # without its name an agent would be a version that forgets it
        events.filter(pl.col("p_agent_id").is_not_null(), pl.col("p_agent_name").is_not_null())
        .select(
            "position",
            agent_id="p_agent_id",
            name="p_agent_name",
            recorded_at=pl.coalesce("recorded_at", "event_at"),
        )
        .sort("recorded_at", "position")
        .unique(["agent_id", "name"], keep="first", maintain_order=True)
    )
    return {"interaction": messages, "agent": agents}
