"""Objects of the Twilio API in, what kind they are out; recordings as attachments."""

from __future__ import annotations

from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_number, as_text
from ingest.sources.twilio.times import moment

API = "https://api.twilio.com"

_KINDS = {
    "RE": "a conference recording",
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


def is_transcription(value: dict[str, Any]) -> bool:
    """Return whether the object is the transcription of a recording."""
    sid = value.get("sid")
    if not isinstance(sid, str) or not sid.startswith("TR"):
        return False
    return as_text(value.get("recording_sid")) is not None


def is_refusal(value: dict[str, Any]) -> bool:
    """Return whether the object is a received message that Twilio says was a word to stop with."""
    sid = value.get("sid")
    is_message = isinstance(sid, str) and sid.startswith(("SM", "MM"))
    return is_message and value.get("opt_out_type") == "STOP"


def kind_of(value: dict[str, Any]) -> str:
    """Name the kind of an object that is no call."""
    sid = as_text(value.get("sid"))
    if sid is not None:
        if sid.startswith("TR"):
            recording = as_text(value.get("recording_sid")) or "unknown"
            return f"a transcription ({sid[:40]}) of recording {recording[:40]}"
        kind = _KINDS.get(sid[:2], "a Twilio object")
        return f"{kind} ({sid[:40]})"
    if "request" in value:
        return "an event of a call"
    if "redirect_to" in value:
        return "a redirection"
    if "conference_sid" in value:
        return "a conference participant"
    return "an object without sid"


def media_url(recording: dict[str, Any]) -> str | None:
    """Return where the sound of a recording is kept; a path is relative to the API's host."""
    url = as_text(recording.get("media_url"))
    if url is not None:
        return url
    path = as_text(recording.get("uri"))
    if path is None:
        return None
    path = path.removesuffix(".json")
    return API + path if path.startswith("/") else path


def transcribed(transcription: dict[str, Any]) -> str | None:
    """Return the text of a transcription; Twilio shows none where it failed."""
    return as_text(transcription.get("transcription_text"))


def add_recording(
    gathering: Gathering, record: JsonRecord, call_sid: str, transcriptions: list[dict[str, Any]]
) -> None:
    """Add the attachment row of a recording; where it is kept is in ``attributes``."""
    value = record.value or {}
    row = {
        "attachment_id": str(value["sid"]),
        "interaction_ref": call_sid,
        "mime_type": "audio/x-wav",
        "recorded_at": moment(value.get("date_updated")) or moment(value.get("date_created")),
    }
    attributes = {
        "duration_s": as_number(value.get("duration")),
        "channels": value.get("channels"),
        "media_url": media_url(value),
        "status": as_text(value.get("status")),
        "conference_sid": as_text(value.get("conference_sid")),
        "call_sid": None if as_text(value.get("call_sid")) == call_sid else value.get("call_sid"),
        "source": as_text(value.get("source")),
        "started_at": as_text(value.get("start_time")),
        "transcription_sids": [str(one["sid"]) for one in transcriptions],
    }
    gathering.add("attachment", record.position, row, attributes)


def add_transcription(gathering: Gathering, record: JsonRecord, call_sid: str) -> None:
    """Add the attachment row of a transcription whose recording is in the same file."""
    value = record.value or {}
    text = transcribed(value)
    row = {
        "attachment_id": str(value["sid"]),
        "interaction_ref": call_sid,
        "mime_type": "text/plain",
        "size_bytes": None if text is None else len(text.encode("utf-8", "replace")),
        "recorded_at": moment(value.get("date_updated")) or moment(value.get("date_created")),
    }
    attributes = {
        "recording_sid": as_text(value.get("recording_sid")),
        "text": text,
        "status": as_text(value.get("status")),
        "type": as_text(value.get("type")),
    }
    gathering.add("attachment", record.position, row, attributes)
