"""A message of Twilio's Messaging API (SMS, MMS, WhatsApp) in; an interaction out."""

from __future__ import annotations

import hashlib
from typing import Any

from ingest.sources.gathering import Gathering, Row
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_decimal, as_number, as_text
from ingest.sources.twilio.refusals import add_refusal, is_stop_word
from ingest.sources.twilio.sides import medium_of, phone
from ingest.sources.twilio.times import moment

OUTCOMES = {"delivered": "delivered", "read": "delivered", "undelivered": "failed",
            "failed": "failed"}  # fmt: skip
"""What is sent but not known to have arrived has no outcome; nor has what was received."""

UNSENT = ("scheduled", "canceled")

BY_TWIML = ("outbound-reply", "outbound-call")
"""Directions of what an application answered to a message, or sent during a call."""

UNSUBSCRIBED = "21610"
"""Error of a message to somebody who has stopped messages from that number."""

_KEPT = ("account_sid", "messaging_service_sid", "num_segments", "error_code", "error_message",
         "direction")  # fmt: skip


def is_message(value: dict[str, Any]) -> bool:
    """Return whether the object is a message: its sid says so and it has two sides."""
    sid = value.get("sid")
    return isinstance(sid, str) and sid.startswith(("SM", "MM")) and "direction" in value


def add_message(gathering: Gathering, record: JsonRecord) -> None:
    """Add a message, and the refusal that it is or meets; or reject it if it has no time."""
    message = record.value or {}
    sid = str(message["sid"])
    sent_at = moment(message.get("date_sent")) or moment(message.get("date_created"))
    if sent_at is None:
        reason = f"message {sid} has neither date_sent nor a readable date_created"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    is_inbound = message.get("direction") == "inbound"
    theirs, ours = ("from", "to") if is_inbound else ("to", "from")
    customer, address = phone(message.get(theirs)), as_text(message.get(theirs))
    status, text = as_text(message.get("status")), as_text(message.get("body"))
    is_unsent = status in UNSENT
    is_refusal = is_inbound and is_stop_word(text) and medium_of(address) == "sms"
    media = as_number(message.get("num_media")) or 0
    price = as_decimal(message.get("price"))
    currency = as_text(message.get("price_unit"))
    row: Row = {
        "interaction_id": sid,
        "conversation_ref": _thread(address, as_text(message.get(ours))) or sid,
        "channel": medium_of(address),
        "sub_channel": "twilio",
        "direction": "inbound" if is_inbound else "internal" if is_unsent else "outbound",
        "interaction_type": "draft" if is_unsent else "opt_out" if is_refusal else "message",
        "body_text": text,
        # Twilio redacts a message by emptying it
        "is_redacted": (message.get("body") == "" and media == 0) or None,
        "from_ref": customer if is_inbound else None,
        "to_refs": [customer] if customer and not is_inbound else [],
        "customer_ref": customer,
        "started_at": sent_at,
        "outcome": None if is_inbound else OUTCOMES.get(status or ""),
        "disposition": status,
        "is_automated": True if message.get("direction") in BY_TWIML else None,
        "attachment_count": int(media) if media >= 0 else None,
        "cost": None if price is None else round(-price, 4),
        "currency": None if price is None or currency is None else currency.upper(),
        "recorded_at": moment(message.get("date_updated")),
    }
    attributes = {name: message.get(name) for name in _KEPT}
    attributes["with"] = None if customer else address
    gathering.add("interaction", record.position, row, attributes)
    is_unsubscribed = not is_inbound and as_text(message.get("error_code")) == UNSUBSCRIBED
    if customer and (is_refusal or is_unsubscribed):
        add_refusal(gathering, record.position, sid, customer, medium_of(address), sent_at)


def _thread(theirs: str | None, ours: str | None) -> str | None:
    """Return the id of what two addresses write to each other, which shows neither."""
    if theirs is None or ours is None:
        return None
    return hashlib.sha256(f"{theirs}\x1f{ours}".encode()).hexdigest()[:32]
