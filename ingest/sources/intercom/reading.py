"""Intercom conversations, tickets and contacts in; messages, tickets, people, ratings out.

A file holds lists, pages, or one object a line. One record is one contact, ticket or conversation.
The source message of a conversation and every part with a body become an ``interaction``; parts
without one (assignments, closings) go to the ``attributes`` of the source message. Authors become
``contact`` or ``agent`` rows, known since they wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering
from ingest.sources.intercom.contacts import add_contact, is_contact
from ingest.sources.intercom.messages import (
    Message,
    channel_of,
    is_redacted,
    message_row,
    messages_of,
    missing_parts,
)
from ingest.sources.intercom.people import add_identifiers, add_people
from ingest.sources.intercom.ratings import add_rating
from ingest.sources.intercom.tickets import add_ticket, is_ticket
from ingest.sources.intercom.version_one import as_of_version_two
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_moment, as_object, as_objects, as_text

OPTIONS: Options = {}

CHUNK_CONVERSATIONS = 2_000

_STATE = (
    "state", "open", "read", "priority", "admin_assignee_id", "team_assignee_id", "waiting_since",
    "snoozed_until", "sla_applied", "statistics", "first_contact_reply", "custom_attributes",
    "title", "topics",
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the conversations of ``path``, 2,000 at a time."""
    records = json_records(path, ("conversations", "data", "tickets"))
    while chunk := list(islice(records, CHUNK_CONVERSATIONS)):
        gathering = Gathering("interaction")
        gathering.read = len(chunk)
        for record in chunk:
            _add(gathering, record)
        yield gathering.parsed()


def _add(gathering: Gathering, record: JsonRecord) -> None:
    conversation = record.value
    if conversation is None:
        gathering.reject(record.position, record.reason_code, record.reason, record.payload)
        return
    if is_contact(conversation):
        add_contact(gathering, record, conversation)
        return
    if is_ticket(conversation):
        add_ticket(gathering, record, conversation)
        return
    conversation = as_of_version_two(conversation)
    conversation_id = as_text(conversation.get("id"))
    if conversation_id is None:
        gathering.reject(record.position, "missing_id", "conversation has no id", record.payload)
        return
    messages = messages_of(conversation)
    if not messages:
        kind = as_text(conversation.get("type")) or "conversation"
        if kind != "conversation":
            reason = f"{kind} {conversation_id} is no conversation, ticket or contact"
            gathering.reject(record.position, "not_a_conversation", reason, record.payload)
            return
        reason = f"conversation {conversation_id} has no message with a text"
        gathering.reject(record.position, "no_message", reason, record.payload)
        return
    channel = channel_of(conversation)
    customer = _customer(conversation, messages)
    ticket_id = as_text(as_object(conversation.get("ticket")).get("id"))
    missing = _missing_parts(conversation)
    turn = 0
    for message in messages:
        sent_at = as_moment(message.said.get("created_at"))
        if sent_at is None:
            reason = f"message {message.message_id} has no readable created_at"
            gathering.reject(record.position, "missing_date", reason, record.payload)
            continue
        # behind a gap the place of a message is another one with every message that is written
        place = turn if missing is None or message.is_source else None
        row = message_row(conversation_id, message, channel, customer, sent_at, place)
        attributes = message.attributes()
        if message.is_source:
            attributes |= _conversation_attributes(conversation)
        gathering.add("interaction", record.position, row | {"ticket_ref": ticket_id}, attributes)
        add_people(gathering, record.position, message.author, sent_at)
        turn += 1
    add_rating(gathering, record.position, conversation_id, conversation, channel)
    began_at = as_moment(conversation.get("created_at"))
    add_identifiers(gathering, record.position, conversation, began_at)


def _customer(conversation: dict[str, Any], messages: list[Message]) -> str | None:
    """Return the customer's side: the first contact who wrote, else the first one named."""
    for message in messages:
        if (ref := message.contact_ref()) is not None:
            return ref
    for contact in as_objects(conversation.get("contacts"), "contacts"):
        if (contact_id := as_text(contact.get("id"))) is not None:
            return f"contact:{contact_id}"
    return None


def _missing_parts(conversation: dict[str, Any]) -> int | None:
    counted = as_object(conversation.get("statistics")).get("count_conversation_parts")
    return missing_parts(conversation.get("conversation_parts"), "conversation_parts", counted)


def _conversation_attributes(conversation: dict[str, Any]) -> dict[str, Any]:
    state = {name: conversation.get(name) for name in _STATE}
    state["missing_parts"] = _missing_parts(conversation)
    state["tags"] = [
        name
        for tag in as_objects(conversation.get("tags"), "tags")
        if (name := as_text(tag.get("name"))) is not None
    ]
    teammates = conversation.get("teammates")
    state["teammate_ids"] = [
        teammate_id
        for list_name in ("admins", "teammates")
        for teammate in as_objects(teammates, list_name)
        if (teammate_id := as_text(teammate.get("id"))) is not None
    ]
    state["events"] = [
        {name: part.get(name) for name in ("part_type", "created_at", "assigned_to")}
        for part in as_objects(conversation.get("conversation_parts"), "conversation_parts")
        if not as_text(part.get("body")) and not is_redacted(part)
    ]
    said = {name: value for name, value in state.items() if value not in (None, "", [], {})}
    return {"conversation": said, "url": as_text(as_object(conversation.get("source")).get("url"))}
