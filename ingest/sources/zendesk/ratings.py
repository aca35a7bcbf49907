"""A Zendesk satisfaction rating in; a CSAT ``survey_response`` of 0 (bad) or 1 (good) out."""

from __future__ import annotations

from typing import Any

from ingest.sources.json_values import as_text
from ingest.sources.zendesk.context import Context, others
from ingest.sources.zendesk.times import moment

_SCORES = {"good": 1.0, "bad": 0.0}
_USED = {"id", "score", "comment", "ticket_id", "requester_id", "assignee_id", "created_at",
         "updated_at"}  # fmt: skip


def add_rating(context: Context, rating: dict[str, Any]) -> None:
    """Add a rating, answered or only offered."""
    rating_id = as_text(rating.get("id"))
    if rating_id is None:
        context.refuse(rating, "missing_id", "satisfaction rating has no id")
        return
    said = as_text(rating.get("score")) or ""
    score = next((value for word, value in _SCORES.items() if said.startswith(word)), None)
    if score is None and said != "offered":
        reason = f"rating {rating_id} has the score {said!r}: nobody was asked or answered"
        context.refuse(rating, "not_offered", reason)
        return
    created_at = moment(rating.get("created_at"))
    changed_at = moment(rating.get("updated_at")) or created_at
    row = {
        "survey_response_id": rating_id,
        "survey_type": "CSAT",
        "person_ref": context.directory.person_ref(as_text(rating.get("requester_id"))),
        "scale_min": 0.0,
        "scale_max": 1.0,
        "score": score,
        "comment": as_text(rating.get("comment")),
        "sent_at": created_at,
        "responded_at": None if score is None else changed_at,
        "ticket_ref": as_text(rating.get("ticket_id")),
        "conversation_ref": as_text(rating.get("ticket_id")),
        "agent_ref": as_text(rating.get("assignee_id")),
        "recorded_at": changed_at,
    }
    context.add("survey_response", row, {**others(rating, _USED), "score": said})
