"""Objects of the Twilio API in, what kind they are out; recordings as attachments."""

from __future__ import annotations

from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_number, as_text
from ingest.sources.twilio_times import moment

_KINDS = {
    "RE": "a conference recording",
    "TR": "a transcription",
    "NO": "a notification",
    "CF": "a conference",
    "CL": "a credential list mapping",
    "AL": "an IP access control list mapping",
    "XR": "an add-on result",
    "XH": "an add-on payload",
    "SM": "a message",
    "MM": "a message",
}


def is_call(value: dict[str, Any]) -> bool:
    """Return whether the object is a call: its sid begins with CA and it has two sides."""
    sid = value.get("sid")
    return isinstance(sid, str) and sid.startswith("CA") and ("to" in value or "from" in value)


def is_recording(value: dict[str, Any]) -> bool:
    """Return whether the object is the recording of a call."""
    sid = value.get("sid")
    if not isinstance(sid, str) or not sid.startswith("RE"):
        return False
    return as_text(value.get("call_sid")) is not None


def kind_of(value: dict[str, Any]) -> str:
    """Name the kind of an object that is no call."""
    sid = as_text(value.get("sid"))
    if sid is not None:
        kind = _KINDS.get(sid[:2], "a Twilio object")
        return f"{kind} ({sid[:40]})"
    if "request" in value:
        return "an event of a call"
    if "redirect_to" in value:
        return "a redirection"
    if "conference_sid" in value:
        return "a conference participant"
    return "an object without sid"


def add_recording(gathering: Gathering, record: JsonRecord) -> None:
    """Add the attachment row of a recording; where it is kept is in ``attributes``."""
    value = record.value or {}
    row = {
        "attachment_id": str(value["sid"]),
        "interaction_ref": as_text(value.get("call_sid")),
        "mime_type": "audio/x-wav",
        "recorded_at": moment(value.get("date_updated")) or moment(value.get("date_created")),
    }
    attributes = {
        "duration_s": as_number(value.get("duration")),
        "channels": value.get("channels"),
        "media_url": as_text(value.get("media_url")) or as_text(value.get("uri")),
        "status": as_text(value.get("status")),
        "conference_sid": as_text(value.get("conference_sid")),
    }
    gathering.add("attachment", record.position, row, attributes)
