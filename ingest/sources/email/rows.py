"""One raw message in; an interaction, its attachments and delivery events out, or why not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.source import Source
from ingest.sources.email.automatic import is_auto_reply, is_automated, is_bounce, is_postmaster
from ingest.sources.email.bodies import Contents, charset_of, contents_of
from ingest.sources.email.deliveries import (
    EVENTS,
    Delivery,
    deliveries,
    receipt_for,
    receipt_from,
    returned_in_text,
    returned_message,
)
from ingest.sources.email.drafts import gmail_labels, is_unsent
from ingest.sources.email.headers import Headers, addresses, display_name, message_ids
from ingest.sources.email.invitations import is_bare_answer
from ingest.sources.email.journals import journaled
from ingest.sources.email.mailbox import RawMessage
from ingest.sources.email.our_lists import is_of_our_list
from ingest.sources.email.refusal import NotAMessage
from ingest.sources.email.refusals import MAX_WISH_CHARACTERS, refusals
from ingest.sources.email.replies import unquoted
from ingest.sources.email.sides import Sides, sides_of
from ingest.sources.email.signatures import without_signature
from ingest.sources.email.splitting import split
from ingest.sources.email.standard import parsed
from ingest.sources.email.threads import conversation_of
from ingest.sources.email.times import received_at_of, sent_at_of
from ingest.sources.email.told_in_words import as_written_to, told_in_words
from ingest.sources.gathering import Gathering

_MARKS = ("from", "date", "message-id", "subject", "to", "received", "sender")


@dataclass(frozen=True, slots=True)
class Report:
    """What a message says about the delivery of another one; empty for any other message."""

    deliveries: list[Delivery]
    is_bounce: bool
    is_auto_reply: bool
    is_opt_out: bool
    original: Headers | None

    @property
    def interaction_type(self) -> str:
        """Return what the message is: nobody waits for an answer to a report or a refusal."""
        if self.is_bounce:
            return "bounce"
        if self.is_auto_reply:
            return "auto_reply"
        return "opt_out" if self.is_opt_out else "message"

    def recipients(self) -> list[str]:
        """Return whom it is about, those first who were not reached."""
        ordered = sorted(self.deliveries, key=lambda one: one.action != "failed")
        return list(dict.fromkeys(one.recipient for one in ordered if one.recipient))


def add_message(gathering: Gathering, raw: RawMessage, source: Source, flags: str) -> None:
    """Add the rows of one message.

    Raises
    ------
    NotAMessage
        If it has no headers or no readable date.
    """
    if not raw.raw.strip():
        raise NotAMessage("empty_message", "the message is empty")
    message = split(raw.raw) or parsed(raw.raw)
    message = journaled(message) or message
    headers = message.headers
    if not any(name in headers for name in _MARKS):
        raise NotAMessage("not_a_message", _what_it_is(raw.raw, headers))
    if is_unsent(headers):
        raise NotAMessage("draft", "a draft, never sent")
    received_at = received_at_of(headers, source.time_zone)
    started_at, date_note = sent_at_of(headers, received_at, source.time_zone)
    contents = contents_of(message)
    body = contents.text()
    # of the bytes as they came, so that a mail keeps its id however they are read
    hashed_id = _hashed_id(headers, body)
    charset = charset_of(message)
    if charset is not None:
        headers.read_as(charset)
    sides = sides_of(headers, source)
    name = display_name(headers.raw(sides.sender_header))
    written, signature = without_signature(unquoted(body), name, sides.sender)
    report = _report(headers, sides, contents, body, written)
    subject = headers.text("subject")
    message_id = _message_id(headers) or hashed_id
    references, in_reply_to = _ancestors(headers)
    original_id = receipt_for(contents)
    if report.original is not None:
        original_id = next(iter(message_ids(report.original.raw("message-id"))), original_id)
        if original_id == message_id:
            # amavis gives its report the id of the message that it did not deliver
            message_id = hashed_id
    conversation = conversation_of(message_id, subject, references, in_reply_to)
    if report.original is not None and original_id and conversation == message_id:
        told = report.original.text("subject")
        conversation = conversation_of(original_id, told, *_ancestors(report.original))
    elif original_id and conversation == message_id:
        conversation = original_id
    customer = sides.customer_ref
    if report.deliveries or report.is_bounce or is_postmaster(sides.sender):
        # not the mail system that reports is the customer, but whom it could not reach
        receiver = receipt_from(contents)
        named = report.recipients() or ([] if receiver is None else [receiver])
        others = (one for one in named if not sides.is_ours(one))
        customer = next((f"email:{one}" for one in others), None)
    row = {
        "interaction_id": message_id,
        "conversation_ref": conversation,
        "channel": "email",
        "sub_channel": None if sides.form_email is None else "form",
        "direction": sides.direction,
        "interaction_type": report.interaction_type,
        "subject": subject,
        "body_text": body or None,
        "body_hash": hashlib.sha256(body.encode("utf-8", "replace")).hexdigest() if body else None,
        "from_ref": sides.from_ref,
        "to_refs": sides.to_refs,
        "customer_ref": customer,
        "agent_ref": sides.agent_ref,
        "started_at": started_at,
        "outcome": "bounced" if report.is_bounce else None,
        "disposition": next((one.status for one in report.deliveries if one.status), None),
        "is_automated": report.is_bounce
        or report.is_auto_reply
        or is_automated(headers, is_of_our_list=is_of_our_list(headers, sides)),
        "attachment_count": len(contents.attachments),
        "recorded_at": received_at,
    }
    attributes = _attributes(headers, sides, contents, flags)
    attributes |= {
        "from_name": name,
        "reply_text": written if written != body else None,
        "signature": signature,
        "in_reply_to": in_reply_to,
        "references": references,
        "date_header": date_note,
        "original_message_id": original_id,
        "deliveries": [_said(one) for one in report.deliveries],
    }
    gathering.add("interaction", raw.position, row, attributes)
    _add_attachments(gathering, raw.position, message_id, contents, received_at or started_at)
    _add_events(gathering, raw.position, message_id, original_id, report, started_at, received_at)


def _said(delivery: Delivery) -> dict[str, str | None]:
    said = {
        "recipient": delivery.recipient,
        "action": delivery.action,
        "status": delivery.status,
        "why": delivery.diagnostic,
    }
    if delivery.forwarded_to is not None:
        said["forwarded_to"] = delivery.forwarded_to
    return said


_KEPT_OTHERWISE = {
    b"\xd0\xcf\x11\xe0": "it is a message of Outlook (.msg) in binary form: save it as .eml",
    b"!BDN": "it is a data file of Outlook (.pst, .ost): turn it into mbox files, e.g. by readpst",
    b"PK\x03\x04": "it is a ZIP archive: unpack it",
}


def _what_it_is(raw: bytes, headers: Headers) -> str:
    """Return why bytes without any header of a mail are none, as a person would say it."""
    for begin, advice in _KEPT_OTHERWISE.items():
        if raw.startswith(begin):
            return advice
    if any(name.startswith(("content-", "mime-")) for name in headers.names()):
        return "it has MIME headers but no sender, date or subject: a part of a mail, not a mail"
    return "it begins with none of the headers of a mail"


def _ancestors(headers: Headers) -> tuple[list[str], list[str]]:
    references = [one for value in headers.all("references") for one in message_ids(value)]
    return references, message_ids(headers.raw("in-reply-to"))


def _report(headers: Headers, sides: Sides, contents: Contents, body: str, written: str) -> Report:
    found = deliveries(contents)
    bounced = is_bounce(headers, sides.sender, found, body)
    if bounced and not found:
        found = told_in_words(headers, body)
    found = as_written_to(found, body)
    is_report = bool(contents.reports) or is_bare_answer(
        headers, contents.calendar_methods, written
    )
    answered = not bounced and is_auto_reply(headers, is_report=is_report)
    if not found:
        found = refusals(headers, contents, sides, written, is_automatic=bounced or answered)
    is_complaint = any(one.action == "complained" for one in found)
    is_opt_out = any(one.action == "opted-out" for one in found)
    is_opt_out = is_opt_out and len(written) <= MAX_WISH_CHARACTERS
    is_about_another = bounced or is_complaint or bool(contents.reports)
    original = returned_message(contents) if is_about_another else None
    if original is None and bounced:
        original = returned_in_text(body)
    return Report(found, bounced, answered or is_complaint, is_opt_out, original)


def _add_attachments(
    gathering: Gathering, position: int, message_id: str, contents: Contents, known_at: datetime
) -> None:
    for place, attachment in enumerate(contents.attachments, start=1):
        row = {
            "attachment_id": f"{message_id}|{place}",
            "interaction_ref": message_id,
            "file_name": attachment.file_name,
            "mime_type": attachment.mime_type,
            "size_bytes": attachment.size_bytes,
            "sha256": attachment.sha256,
            "recorded_at": known_at,
        }
        gathering.add("attachment", position, row)


def _add_events(
    gathering: Gathering,
    position: int,
    message_id: str,
    original_id: str | None,
    report: Report,
    started_at: datetime,
    received_at: datetime | None,
) -> None:
    """Add what became of the original message, one event per recipient that is named."""
    for place, delivery in enumerate(report.deliveries, start=1):
        event_type = EVENTS.get(delivery.action)
        if delivery.recipient is None or event_type is None:
            continue
        is_failure = event_type == "bounce"
        row = {
            "email_event_id": f"{message_id}|{place}",
            "email_id": original_id,
            "recipient_ref": f"email:{delivery.recipient}",
            "event_type": event_type,
            "event_at": started_at,
            "bounce_category": delivery.bounce_category() if is_failure else None,
            "recorded_at": received_at,
        }
        said = {"status": delivery.status, "diagnostic_code": delivery.diagnostic}
        gathering.add("email_event", position, row, said)


def _message_id(headers: Headers) -> str | None:
    """Return the Message-ID without brackets, None where there is none."""
    found = message_ids(headers.raw("message-id"))
    return found[0][:998] if found else None


def _hashed_id(headers: Headers, body: str) -> str:
    """Return an id that every copy of the message has."""
    parts = [headers.raw(name) for name in ("from", "to", "date", "subject")]
    evidence = "\x1f".join([*parts, body]).encode("utf-8", "surrogateescape")
    return f"sha256:{hashlib.sha256(evidence).hexdigest()}"


def _attributes(headers: Headers, sides: Sides, contents: Contents, flags: str) -> dict[str, Any]:
    return {
        "agent_email": sides.agent_email,
        "form_email": sides.form_email,
        "reply_to": addresses(headers.raw("reply-to")),
        "list_id": headers.text("list-id"),
        "precedence": headers.text("precedence"),
        "auto_submitted": headers.text("auto-submitted"),
        "is_spam": True if headers.raw("x-spam-flag").lower() == "yes" else None,
        "maildir_flags": flags,
        "gmail_labels": gmail_labels(headers),
        "meeting": next(iter(contents.meetings), None),
        "notes": contents.notes,
    }
