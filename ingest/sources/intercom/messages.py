"""One Intercom conversation in; its messages with their authors and texts out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.html_text import html_to_text
from ingest.sources.json_values import as_moment, as_number, as_object, as_objects, as_text

CONTACTS = ("user", "lead", "contact")
AGENTS = ("admin", "team")

NOTES = ("note", "note_and_reopen")
"""Parts that only colleagues see."""

MACHINES = ("bot", "operator")

MOST_PARTS = 500
"""Intercom gives the latest ones of a conversation or ticket, and no more."""

_OPERATOR = re.compile(r"operator\+[^@]*@intercom\.io", re.IGNORECASE)
"""Address of Intercom's own bot, which writes as an admin."""

_CHANNELS = {
    "email": "email", "phone_call": "phone", "phone_switch": "phone", "sms": "sms",
    "facebook": "social", "twitter": "social", "instagram": "social",
}  # fmt: skip

_SENT_BY_RULE = ("automated", "campaigns_initiated", "operator_initiated")
"""``delivered_as`` of a source that a person wrote is customer_initiated or admin_initiated."""


@dataclass(frozen=True, slots=True)
class Message:
    """The source message or a part of a conversation.

    Parameters
    ----------
    said
        The object of the API, with ``created_at``.
    """

    message_id: str
    said: dict[str, Any]
    is_source: bool

    @property
    def author(self) -> dict[str, Any]:
        """Who wrote it."""
        return as_object(self.said.get("author"))

    @property
    def author_type(self) -> str | None:
        """The author's kind: user, lead, contact, admin, team or bot."""
        return as_text(self.author.get("type"))

    @property
    def is_sent_by_rule(self) -> bool:
        """Whether a campaign, a series or a bot began the conversation in a colleague's name."""
        return as_text(self.said.get("delivered_as")) in _SENT_BY_RULE

    def contact_ref(self) -> str | None:
        """Return the author as a person, None where a colleague or a machine wrote."""
        return person_ref(self.author) if self.author_type in CONTACTS else None

    def attributes(self) -> Row:
        """Return what the message says beyond its columns."""
        return {
            "part_type": as_text(self.said.get("part_type")),
            "delivered_as": as_text(self.said.get("delivered_as")),
            "author_type": self.author_type,
            "author_name": as_text(self.author.get("name")),
            "attachments": as_objects(self.said.get("attachments")),
            "external_id": as_text(self.said.get("external_id")),
            "redacted": self.said.get("redacted") or None,
        }


def is_machine(author: dict[str, Any]) -> bool:
    """Return whether nobody wrote: a bot, Intercom's Operator, or its agent made of a model."""
    if as_text(author.get("type")) in MACHINES or author.get("from_ai_agent") is True:
        return True
    return _OPERATOR.fullmatch(as_text(author.get("email")) or "") is not None


def person_ref(author: dict[str, Any]) -> str | None:
    """Return ``email:<address>``, else ``contact:<id>``."""
    email, contact_id = as_text(author.get("email")), as_text(author.get("id"))
    if email is not None and "@" in email:
        return f"email:{email}"
    return None if contact_id is None else f"contact:{contact_id}"


def channel_of(conversation: dict[str, Any]) -> str:
    """Return the channel that the conversation began in; chat unless it says another."""
    return _CHANNELS.get(as_text(as_object(conversation.get("source")).get("type")) or "", "chat")


def messages_of(conversation: dict[str, Any]) -> list[Message]:
    """Return the source message and the parts that say something, in the order given."""
    found: list[Message] = []
    source = as_object(conversation.get("source"))
    if says_something(source) or is_redacted(source):
        said = {"created_at": conversation.get("created_at"), **source}
        said["created_at"] = conversation.get("created_at")
        found.append(Message(as_text(source.get("id")) or "source", said, True))
    for part in as_objects(conversation.get("conversation_parts"), "conversation_parts"):
        part_id = as_text(part.get("id"))
        if part_id is not None and (says_something(part) or is_redacted(part)):
            found.append(Message(part_id, part, False))
    return found


def missing_parts(parts: Any, key: str, counted: Any = None) -> int | None:
    """Return how many parts came before those that Intercom gives; None where it gives all.

    Parameters
    ----------
    parts
        The list, with ``total_count``.
    counted
        What the statistics count, where there are some.
    """
    given = len(as_objects(parts, key))
    if given < MOST_PARTS:
        # a notification has the newest part alone, of however many
        return None
    totals = (as_number(as_object(parts).get("total_count")), as_number(counted))
    missing = int(max((total for total in totals if total is not None), default=0)) - given
    return missing if missing > 0 else None


def is_redacted(said: dict[str, Any]) -> bool:
    """Return whether Intercom has taken the text back; what stands in its place is no text."""
    return said.get("redacted") is True


def says_something(said: dict[str, Any]) -> bool:
    """Return whether there is a text, a subject or a file."""
    parts = (as_text(said.get("body")), as_text(said.get("subject")))
    return any(parts) or bool(as_objects(said.get("attachments")))


def message_row(
    conversation_id: str,
    message: Message,
    channel: str,
    customer_ref: str | None,
    sent_at: datetime,
    turn_index: int | None,
) -> Row:
    """Return the interaction of one message."""
    is_note = as_text(message.said.get("part_type")) in NOTES
    from_contact = message.author_type in CONTACTS
    is_automated = not from_contact and (is_machine(message.author) or message.is_sent_by_rule)
    is_colleague = message.author_type == "admin" and not is_automated
    agent = message.author.get("id") if is_colleague else None
    is_gone = is_redacted(message.said)
    body, subject = (
        None if is_gone else as_text(message.said.get(name)) for name in ("body", "subject")
    )
    edited_at = None if message.is_source else as_moment(message.said.get("updated_at"))
    contact_ref = message.contact_ref()
    to_refs = [customer_ref] if customer_ref and not from_contact and not is_note else []
    return {
        "interaction_id": f"{conversation_id}|{message.message_id}",
        "conversation_ref": conversation_id,
        "turn_index": turn_index,
        "channel": channel,
        "sub_channel": "intercom",
        "direction": "inbound" if from_contact else "internal" if is_note else "outbound",
        "interaction_type": "note" if is_note else "message",
        "subject": html_to_text(subject) if subject else None,
        "body_text": html_to_text(body) if body else None,
        "is_redacted": is_gone or None,
        "from_ref": contact_ref,
        "to_refs": to_refs,
        "customer_ref": contact_ref or customer_ref,
        "agent_ref": as_text(agent),
        "started_at": sent_at,
        "is_automated": is_automated,
        "attachment_count": len(as_objects(message.said.get("attachments"))),
        "recorded_at": edited_at if edited_at is not None and edited_at > sent_at else None,
    }
