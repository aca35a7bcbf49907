"""One raw message in; an interaction and its attachments out, or the reason why not."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.policy import compat32
from typing import Any

from ingest.source import Source
from ingest.sources.email.automatic import (
    deliveries,
    failed_recipients,
    is_auto_reply,
    is_automated,
    is_bounce,
    is_postmaster,
)
from ingest.sources.email.bodies import Contents, contents_of
from ingest.sources.email.headers import (
    Headers,
    addresses,
    display_name,
    message_ids,
    with_plain_names,
)
from ingest.sources.email.mailbox import RawMessage
from ingest.sources.email.refusal import NotAMessage
from ingest.sources.email.replies import reply_text
from ingest.sources.email.sides import Sides, sides_of
from ingest.sources.email.threads import conversation_of
from ingest.sources.email.times import received_at_of, sent_at_of
from ingest.sources.gathering import Gathering

_MARKS = ("from", "date", "message-id", "subject", "to", "received", "sender")


def add_message(gathering: Gathering, raw: RawMessage, source: Source, flags: str) -> None:
    """Add the rows of one message.

    Raises
    ------
    NotAMessage
        If it has no headers or no readable date.
    """
    if not raw.raw.strip():
        raise NotAMessage("empty_message", "the message is empty")
    message = message_from_bytes(with_plain_names(raw.raw), policy=compat32)
    headers = Headers(message)
    if not any(name in headers for name in _MARKS):
        raise NotAMessage("not_a_message", "it begins with none of the headers of a mail")
    received_at = received_at_of(headers, source.time_zone)
    started_at, date_note = sent_at_of(headers, received_at, source.time_zone)
    contents = contents_of(message)
    reported = deliveries(contents.reports)
    sides = sides_of(headers, source)
    failed = failed_recipients(headers, sides.sender, reported)
    bounced = is_bounce(headers, sides.sender, reported)
    replied = not bounced and is_auto_reply(headers, reported)
    body = contents.text()
    subject = headers.text("subject")
    message_id = _message_id(headers, body)
    references = [one for value in headers.all("references") for one in message_ids(value)]
    in_reply_to = message_ids(headers.raw("in-reply-to"))
    customer = sides.customer_ref
    if bounced or reported or is_postmaster(sides.sender):
        # not the mail system that reports is the customer, but whom it could not reach
        about = [*failed, *(one.recipient for one in reported if one.recipient)]
        customer = next((f"email:{one}" for one in about if not sides.is_ours(one)), None)
    row = {
        "interaction_id": message_id,
        "conversation_ref": conversation_of(message_id, subject, references, in_reply_to),
        "channel": "email",
        "direction": sides.direction,
        "interaction_type": "bounce" if bounced else "auto_reply" if replied else "message",
        "subject": subject,
        "body_text": body or None,
        "body_hash": hashlib.sha256(body.encode("utf-8", "replace")).hexdigest() if body else None,
        "from_ref": sides.from_ref,
        "to_refs": sides.to_refs,
        "customer_ref": customer,
        "agent_ref": sides.agent_ref,
        "started_at": started_at,
        "outcome": "bounced" if bounced else None,
        "disposition": next((one.status for one in reported if one.status), None),
        "is_automated": bounced or replied or is_automated(headers),
        "attachment_count": len(contents.attachments),
        "recorded_at": received_at,
    }
    attributes = _attributes(headers, sides, contents, body, flags)
    attributes |= {
        "in_reply_to": in_reply_to,
        "references": references,
        "date_header": date_note,
        "deliveries": [
            {"recipient": d.recipient, "action": d.action, "status": d.status, "why": d.diagnostic}
            for d in reported
        ],
    }
    gathering.add("interaction", raw.position, row, attributes)
    for place, attachment in enumerate(contents.attachments, start=1):
        file = {
            "attachment_id": f"{message_id}|{place}",
            "interaction_ref": message_id,
            "file_name": attachment.file_name,
            "mime_type": attachment.mime_type,
            "size_bytes": attachment.size_bytes,
            "sha256": attachment.sha256,
            "recorded_at": received_at or started_at,
        }
        gathering.add("attachment", raw.position, file)


def _message_id(headers: Headers, body: str) -> str:
    """Return the Message-ID without brackets, else a hash that every copy of the message has."""
    found = message_ids(headers.raw("message-id"))
    if found:
        return found[0][:998]
    parts = [headers.raw(name) for name in ("from", "to", "date", "subject")]
    evidence = "\x1f".join([*parts, body]).encode("utf-8", "surrogateescape")
    return f"sha256:{hashlib.sha256(evidence).hexdigest()}"


def _attributes(
    headers: Headers, sides: Sides, contents: Contents, body: str, flags: str
) -> dict[str, Any]:
    reply = reply_text(body)
    return {
        "agent_email": sides.agent_email,
        "from_name": display_name(headers.raw("from")),
        "reply_to": addresses(headers.raw("reply-to")),
        "reply_text": reply if reply != body else None,
        "list_id": headers.text("list-id"),
        "precedence": headers.text("precedence"),
        "auto_submitted": headers.text("auto-submitted"),
        "is_spam": True if headers.raw("x-spam-flag").lower() == "yes" else None,
        "maildir_flags": flags,
        "notes": contents.notes,
    }
