"""One message of a Twilio conversation in; an interaction and its media out."""

from __future__ import annotations

from typing import Any

from ingest.sources.gathering import Gathering, Row
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_number, as_object, as_objects, as_text
from ingest.sources.twilio.refusals import add_refusal, is_stop_word
from ingest.sources.twilio.times import moment
from ingest.sources.twilio_conversations.people import People

CHANNELS = {None: "chat", "sms": "sms", "rcs": "sms", "whatsapp": "chat", "messenger": "social",
            "instagram": "social", "gbm": "chat", "email": "email"}  # fmt: skip

_KEPT = ("attributes", "participant_sid", "delivery", "content_sid", "chat_service_sid")


def add_message(gathering: Gathering, record: JsonRecord, people: People) -> None:
    """Add one message with its media, or reject it with what is missing."""
    message = record.value or {}
    sid, conversation = as_text(message.get("sid")), as_text(message.get("conversation_sid"))
    sent_at = moment(message.get("date_created"))
    author = as_text(message.get("author"))
    if sid is None or conversation is None:
        reason = "message does not say its conversation_sid"
        gathering.reject(record.position, "missing_conversation", reason, record.payload)
        return
    if sent_at is None:
        reason = f"message {sid} has no readable date_created"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    if author is None:
        reason = f"message {sid} has no author"
        gathering.reject(record.position, "missing_author", reason, record.payload)
        return
    party = people.party(author)
    if party.side is None:
        gathering.reject(record.position, "unknown_side", side_reason(author), record.payload)
        return
    is_inbound = party.side == "customer"
    customer = party if is_inbound else people.customer_of(conversation)
    customer_ref = customer.ref if customer is not None else None
    medium = customer.medium if customer is not None else None
    text = as_text(message.get("body"))
    is_refusal = is_inbound and medium == "sms" and is_stop_word(text)
    media = as_objects(message.get("media"))
    index = as_number(message.get("index"))
    row: Row = {
        "interaction_id": sid,
        "conversation_ref": conversation,
        "turn_index": int(index) if index is not None and index >= 0 else None,
        "channel": CHANNELS[medium],
        "sub_channel": medium or "twilio_conversations",
        "direction": "inbound" if is_inbound else "outbound",
        "interaction_type": "opt_out" if is_refusal else "message",
        "body_text": text,
        "from_ref": customer_ref if is_inbound else None,
        "to_refs": [customer_ref] if customer_ref and not is_inbound else [],
        "customer_ref": customer_ref,
        "agent_ref": party.name if party.side == "agent" else None,
        "started_at": sent_at,
        "outcome": None if is_inbound else _outcome(as_object(message.get("delivery"))),
        "is_automated": party.side == "system",
        "attachment_count": len(media),
        "recorded_at": moment(message.get("date_updated")),
    }
    gathering.add("interaction", record.position, row, {k: message.get(k) for k in _KEPT})
    if customer_ref and is_refusal:
        add_refusal(gathering, record.position, sid, customer_ref, CHANNELS[medium], sent_at)
    for place, file in enumerate(media):
        size = as_number(file.get("size"))
        attachment = {
            "attachment_id": as_text(file.get("sid")) or f"{sid}|{place}",
            "interaction_ref": sid,
            "file_name": as_text(file.get("filename")),
            "mime_type": as_text(file.get("content_type")),
            "size_bytes": int(size) if size is not None and size >= 0 else None,
        }
        attributes = {"category": as_text(file.get("category"))}
        gathering.add("attachment", record.position, attachment, attributes)


def side_reason(name: str) -> str:
    """Say what to do about an identity that is on neither side."""
    return (
        f"whether {name[:80]!r} is a colleague or a customer is not known; set options.agents of "
        "the source to the identities of colleagues"
    )


def _outcome(delivery: dict[str, Any]) -> str | None:
    """Return delivered or failed where that holds for all receivers."""
    if "all" in (delivery.get("failed"), delivery.get("undelivered")):
        return "failed"
    return "delivered" if "all" in (delivery.get("delivered"), delivery.get("read")) else None
