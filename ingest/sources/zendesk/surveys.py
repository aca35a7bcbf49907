"""An answer to a Zendesk CSAT survey in; a CSAT ``survey_response`` of 0 (bad) to 1 (good) out.

A survey has two, three or five ratings, which the response does not say; what each counts as it
does: bad, neutral or good. So the score is on the scale of satisfaction ratings, and the rating
itself is in ``attributes``.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.sources.json_values import as_object, as_objects, as_text
from ingest.sources.zendesk.context import Context, others
from ingest.sources.zendesk.times import moment

_SCORES = {"good": 1.0, "neutral": 0.5, "bad": 0.0}
_USED = {"id", "answers", "responder_id", "subjects", "subject_zrns"}
_SUBJECT = re.compile(r":(?P<type>ticket|conversation):(?P<id>[\w-]+)$")


def add_survey_response(context: Context, response: dict[str, Any]) -> None:
    """Add a survey, answered or only offered."""
    response_id = as_text(response.get("id"))
    if response_id is None:
        context.refuse(response, "missing_id", "survey response has no id")
        return
    answers = as_objects(response.get("answers"))
    rating = next((one for one in answers if _is_rating(one)), {})
    score = _SCORES.get(as_text(rating.get("rating_category")) or "")
    said = [text for one in answers if (text := _said(one)) is not None]
    told = [at for one in answers if (at := moment(one.get("updated_at"))) is not None]
    subjects = _subjects(response)
    ticket = subjects.get("ticket")
    row = {
        "survey_response_id": response_id,
        "survey_type": "CSAT",
        "person_ref": context.directory.person_ref(as_text(response.get("responder_id"))),
        "scale_min": 0.0,
        "scale_max": 1.0,
        "score": score,
        "comment": "\n".join(said) or None,
        "responded_at": None
        if score is None
        else moment(rating.get("updated_at")) or moment(rating.get("created_at")),
        "ticket_ref": ticket,
        "conversation_ref": ticket or subjects.get("conversation"),
        "recorded_at": max(told, default=None),
    }
    kept = {"rating": rating.get("rating"), "rating_category": rating.get("rating_category")}
    chosen = [
        as_text(selection.get("option_id"))
        for one in answers
        for selection in as_objects(one.get("selections"))
    ]
    context.add(
        "survey_response", row, {**others(response, _USED), **kept, "selections": chosen or None}
    )


def _is_rating(answer: dict[str, Any]) -> bool:
    question = as_object(answer.get("question"))
    is_of_support = as_text(question.get("sub_type")) == "customer_satisfaction"
    return as_text(answer.get("type")) == "rating_scale" and is_of_support


def _said(answer: dict[str, Any]) -> str | None:
    return as_text(answer.get("value")) if as_text(answer.get("type")) == "open_ended" else None


def _subjects(response: dict[str, Any]) -> dict[str, str]:
    """Return the ids of what a survey is about by kind: a ticket, a conversation."""
    names = [as_text(one.get("zrn")) for one in as_objects(response.get("subjects"))]
    listed = response.get("subject_zrns")
    names += [as_text(one) for one in listed] if isinstance(listed, list) else []
    found = (_SUBJECT.search(name) for name in names if name is not None)
    return {one["type"]: one["id"] for one in found if one is not None}
