"""The rating of a Zendesk chat in; a CSAT ``survey_response`` of 0 (bad) or 1 (good) out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_values import as_object, as_objects, as_text
from ingest.sources.zendesk.times import moment
from ingest.sources.zendesk_chat.people import visitor_ref

SCORES = {"good": 1.0, "bad": 0.0}


def add_rating(
    gathering: Gathering, position: int, chat_id: str, chat: dict[str, Any], started_at: datetime
) -> None:
    """Add the rating, given or only asked for; nothing where nobody asked or rated."""
    said = as_text(chat.get("rating"))
    score = SCORES.get((said or "").lower())
    asked_at, rated_at = _last(chat, "chat.request.rating"), _last(chat, "chat.rating")
    if score is None and asked_at is None:
        return
    answered_at = rated_at or moment(chat.get("end_timestamp")) or started_at
    row = {
        "survey_response_id": f"{chat_id}|rating",
        "survey_type": "CSAT",
        "person_ref": visitor_ref(as_object(chat.get("visitor"))),
        "scale_min": 0.0,
        "scale_max": 1.0,
        "score": score,
        "comment": as_text(chat.get("comment")),
        "sent_at": asked_at,
        "responded_at": None if score is None else answered_at,
        "channel": "chat",
        "ticket_ref": as_text(chat.get("zendesk_ticket_id")),
        "conversation_ref": chat_id,
        "agent_ref": _agent(chat),
        "recorded_at": moment(chat.get("update_timestamp")) or (
            asked_at if score is None else answered_at
        ),
    }  # fmt: skip
    gathering.add("survey_response", position, row, {"rating": said})


def _last(chat: dict[str, Any], type_: str) -> datetime | None:
    """Return when the history last has an entry of a type."""
    times = [
        at
        for entry in as_objects(chat.get("history"))
        if as_text(entry.get("type")) == type_
        if (at := moment(entry.get("timestamp"))) is not None
    ]
    return max(times, default=None)


def _agent(chat: dict[str, Any]) -> str | None:
    """Return the agent whom the rating is about: of the rated engagement, or the only one."""
    engagements = as_objects(chat.get("engagements"))
    rated = [as_text(one.get("agent_id")) for one in engagements if as_text(one.get("rating"))]
    if rated:
        return rated[-1]
    ids = chat.get("agent_ids")
    return as_text(ids[0]) if isinstance(ids, list) and len(ids) == 1 else None
