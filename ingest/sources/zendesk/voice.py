"""A comment that a telephone call has left in a Zendesk ticket in; what it says of the call out."""

from __future__ import annotations

from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.json_values import as_number, as_object, as_text
from ingest.sources.zendesk.times import moment

CALLS = ("VoiceComment", "TpeVoiceComment")
_DIRECTIONS = {"inbound": "inbound", "voicemail": "inbound", "outbound": "outbound"}


def is_call(comment: dict[str, Any]) -> bool:
    """Return whether the comment is about a call."""
    return as_text(comment.get("type")) in CALLS


def call_row(comment: dict[str, Any]) -> Row:
    """Return the columns that the call states, whoever wrote of it and whoever may read that.

    A colleague writes of a call that he has taken, often for colleagues alone: ``via`` says who
    rang whom.
    """
    via, data = as_object(comment.get("via")), as_object(comment.get("data"))
    said = as_text(as_object(via.get("source")).get("rel")) or as_text(via.get("channel")) or ""
    way = said.removeprefix("api_").removeprefix("phone_call_")
    talked = as_number(data.get("call_duration"))
    stated = {
        "direction": _DIRECTIONS.get(way),
        "agent_ref": as_text(data.get("answered_by_id")),
        "started_at": moment(data.get("started_at")),
        "duration_s": talked if talked is not None and talked >= 0 else None,
        "recording_url": as_text(data.get("recording_url")),
        "outcome": "no_answer" if way == "voicemail" else None,
    }
    return {name: value for name, value in stated.items() if value is not None}
