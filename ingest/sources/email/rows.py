"""One raw message in; an interaction and its attachments out, or the reason why not."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
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
    moment,
)
from ingest.sources.email.mailbox import RawMessage
from ingest.sources.email.replies import reply_text
from ingest.sources.email.sides import Sides, sides_of
from ingest.sources.email.threads import conversation_of
from ingest.sources.gathering import Gathering

_MARKS = ("from", "date", "message-id", "subject", "to", "received", "sender")

LATEST_BEFORE_RECEIPT = timedelta(days=1)
"""A message cannot be sent after it arrived; clocks and zones are off by hours, not days."""


class NotAMessage(Exception):
    """The bytes are no message that can become a row."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code


def add_message(gathering: Gathering, raw: RawMessage, source: Source, flags: str) -> None:
    """Add the rows of one message.

    Raises
    ------
    NotAMessage
        If it has no headers or no readable date.
    """
    if not raw.raw.strip():
        raise NotAMessage("empty_message", "the message is empty")
    message = message_from_bytes(_with_plain_names(raw.raw), policy=compat32)
    headers = Headers(message)
    if not any(name in headers for name in _MARKS):
        raise NotAMessage("not_a_message", "it begins with none of the headers of a mail")
    received_at = _received_at(headers, source.time_zone)
    started_at, date_note = _sent_at(headers, received_at, source.time_zone)
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


_NAME_AND_SPACE = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


def _with_plain_names(raw: bytes) -> bytes:
    """Drop spaces before the colon of a header, which old software wrote (RFC 5322, 4.5)."""
    found = _END_OF_HEADERS.search(raw)
    end = found.start() if found else len(raw)
    return _NAME_AND_SPACE.sub(rb"\1:", raw[:end]) + raw[end:]


def _received_at(headers: Headers, time_zone: str) -> datetime | None:
    """Return when our server took it: the time in the first Received header that has one."""
    for value in headers.all("received"):
        at = moment(value.rpartition(";")[2], time_zone)
        if at is not None:
            return at
    return None


def _sent_at(
    headers: Headers, received_at: datetime | None, time_zone: str
) -> tuple[datetime, str | None]:
    """Return when it was sent, and the Date header if it could not be believed."""
    written = headers.raw("date")
    sent_at = moment(written, time_zone)
    if sent_at is None and received_at is None:
        known = f"the date {written[:60]!r} is unreadable" if written else "it has no date"
        raise NotAMessage("missing_date", f"{known} and no Received header tells the time")
    if sent_at is None or (received_at and sent_at > received_at + LATEST_BEFORE_RECEIPT):
        assert received_at is not None  # noqa: S101
        return received_at, written or None
    return sent_at, None


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
