"""The rating of an Intercom conversation in, a CSAT ``survey_response`` out."""

from __future__ import annotations

from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.intercom.messages import person_ref
from ingest.sources.json_values import as_moment, as_number, as_object, as_text


def add_rating(
    gathering: Gathering,
    position: int,
    conversation_id: str,
    conversation: dict[str, Any],
    channel: str,
) -> None:
    """Add the rating, answered or only asked for; nothing where nobody asked."""
    rating = as_object(conversation.get("conversation_rating"))
    asked_at = as_moment(rating.get("created_at"))
    if asked_at is None:
        return
    score = as_number(rating.get("rating"))
    answered_at = as_moment(rating.get("updated_at")) or asked_at
    row = {
        "survey_response_id": f"{conversation_id}|rating",
        "survey_type": "CSAT",
        "person_ref": person_ref(as_object(rating.get("contact") or rating.get("customer"))),
        "scale_min": 1.0,
        "scale_max": 5.0,
        "score": score,
        "comment": as_text(rating.get("remark")),
        "sent_at": asked_at,
        "responded_at": None if score is None else answered_at,
        "channel": channel,
        "conversation_ref": conversation_id,
        "agent_ref": as_text(as_object(rating.get("teammate")).get("id")),
        "recorded_at": asked_at if score is None else answered_at,
    }
    gathering.add("survey_response", position, row)
