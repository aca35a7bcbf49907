"""Twilio's callbacks in; calls, recordings and their texts as its REST API writes them out.

A callback tells what has just happened to a call. Each becomes a version of the call, ordered by
the callback's own time. It says when a call ended but not when it began: that is the end less the
duration, and for a call that nobody answered the time of the callback. A callback without a time of
its own has that of its receipt: Twilio makes it at once.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl

from ingest.collect.listen.callback import Callback
from ingest.collect.listen.exchange import Accepted, Refused, Request
from ingest.collect.listen.json_body import json_line
from ingest.collect.listen.signatures import is_twilio

MAX_BYTES = 64 * 1024
MAX_FIELDS = 500

_CALL = {
    "CallSid": "sid", "AccountSid": "account_sid", "ParentCallSid": "parent_call_sid",
    "From": "from", "To": "to", "CallStatus": "status", "Direction": "direction",
    "CallDuration": "duration", "AnsweredBy": "answered_by", "ForwardedFrom": "forwarded_from",
    "CallerName": "caller_name", "ApiVersion": "api_version", "SipResponseCode":
    "sip_response_code", "QueueTime": "queue_time",
}  # fmt: skip
_RECORDING = {
    "RecordingSid": "sid", "AccountSid": "account_sid", "CallSid": "call_sid",
    "RecordingUrl": "media_url", "RecordingStatus": "status", "RecordingDuration": "duration",
    "RecordingChannels": "channels", "RecordingSource": "source",
}  # fmt: skip
_TRANSCRIPTION = {
    "TranscriptionSid": "sid", "AccountSid": "account_sid", "RecordingSid": "recording_sid",
    "CallSid": "call_sid", "TranscriptionText": "transcription_text",
    "TranscriptionStatus": "status",
}  # fmt: skip
_REFUSAL = {
    "MessageSid": "sid", "AccountSid": "account_sid", "From": "from", "To": "to",
    "OptOutType": "opt_out_type",
}  # fmt: skip
_DURATION = re.compile(r"[0-9]{1,6}")
_BEFORE_TWILIO = 2007
_NOTHING_TO_DO = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
"""To an incoming message or call, JSON is Twilio's error 12300: it then calls the fallback URL."""
_BEFORE_ANSWER = ("queued", "initiated", "ringing")


class TwilioEndpoint(Callback):
    """Where Twilio reports what becomes of calls."""

    max_bytes = MAX_BYTES

    def receive(self, request: Request) -> Accepted:
        """Return what a callback tells: a call, a recording, its text, or a refusal of messages.

        Raises
        ------
        Refused
        """
        source = self.webhook.source
        fields = self._fields(request)
        url = self.called(request)
        signature = request.header(b"x-twilio-signature")
        settings = request.header(b"x-twilio-webhooks-signature-settings")
        if not is_twilio(self.webhook.secret, signature, url, fields, settings):
            reason = "X-Twilio-Signature does not fit the request; check auth_token and public_url"
            raise Refused(401, "wrong_signature", reason, source=source)
        said = dict(fields)
        landed = []
        if said.get("OptOutType") == "STOP" and said.get("MessageSid"):
            landed.append(_at_receipt(said, _REFUSAL, request.received_at))
        if said.get("TranscriptionSid"):
            # it repeats the state of the call, but says no time at which that was so
            landed.append(_at_receipt(said, _TRANSCRIPTION, request.received_at))
            return self._accepted(landed)
        if said.get("CallSid", "").startswith("CA") and said.get("CallStatus"):
            landed.append(_call(said, request.received_at))
        if said.get("CallSid") and said.get("RecordingSid"):
            landed.append(_recording(said))
        return self._accepted(landed)

    def _accepted(self, landed: list[dict[str, Any]]) -> Accepted:
        source, lines = self.webhook.source, [json_line(one) for one in landed]
        return Accepted(source, source, lines, answer=_NOTHING_TO_DO, answer_type=b"text/xml")

    def _fields(self, request: Request) -> list[tuple[str, str]]:
        if request.header(b"content-encoding") not in {"", "identity"}:
            reason = "content-encoding must be none"
            raise Refused(415, "unknown_encoding", reason, source=self.webhook.source)
        try:
            return parse_qsl(
                request.body.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MAX_FIELDS,
            )
        except ValueError:
            reason = "the body is no form of parameters"
            raise Refused(400, "malformed_form", reason, source=self.webhook.source) from None


def _call(said: dict[str, str], received_at: datetime) -> dict[str, Any]:
    call: dict[str, Any] = {to: said[name] for name, to in _CALL.items() if said.get(name)}
    if call["status"] == "initiated":
        call["status"] = "queued"  # the REST API has no such status
    at = _moment(said.get("Timestamp")) or received_at
    call["date_updated"] = format_datetime(at)
    status = call["status"]
    if status in _BEFORE_ANSWER:
        call["date_created"] = format_datetime(at)
    elif status == "in-progress":
        call["start_time"] = format_datetime(at)
    else:
        duration = said.get("CallDuration", "")
        seconds = int(duration) if _DURATION.fullmatch(duration) else 0
        call["end_time"] = format_datetime(at)
        call["start_time"] = format_datetime(at - timedelta(seconds=seconds))
    return call


def _recording(said: dict[str, str]) -> dict[str, Any]:
    recording: dict[str, Any] = {to: said[name] for name, to in _RECORDING.items() if name in said}
    began = _moment(said.get("RecordingStartTime"))
    updated = _moment(said.get("Timestamp")) or began
    if began is not None:
        recording["date_created"] = format_datetime(began)
    if updated is not None:
        recording["date_updated"] = format_datetime(updated)
    return recording


def _at_receipt(
    said: dict[str, str], names: dict[str, str], received_at: datetime
) -> dict[str, Any]:
    """Return an object of which the callback says no time."""
    told: dict[str, Any] = {to: said[name] for name, to in names.items() if said.get(name)}
    return told | {"date_created": format_datetime(received_at)}


def _moment(text: str | None) -> datetime | None:
    """Return a time of a callback (RFC 2822), None where it has none that can be read."""
    if not text or len(text) > 100:
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at.year > _BEFORE_TWILIO else None
