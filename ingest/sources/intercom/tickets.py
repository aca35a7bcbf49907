"""A ticket of Intercom in; ``ticket``, ``ticket_event`` and people of its parts out.

What is said in a ticket is said in the conversation of the same id, which alone knows the channel:
the texts come with it, a ticket only tells that there was a word and whose it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.sources.gathering import Gathering, Row
from ingest.sources.intercom.messages import (
    CONTACTS,
    NOTES,
    is_machine,
    is_redacted,
    missing_parts,
    person_ref,
    says_something,
)
from ingest.sources.intercom.people import add_people
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_moment, as_object, as_objects, as_text

STATES = {
    "submitted": "new",
    "in_progress": "open",
    "waiting_on_customer": "pending",
    "resolved": "solved",
}

TRACKER = "Tracker"
"""Category of tickets that gather those of many customers, none of whom is the requester."""

NOBODY = (None, "0", "nobody_admin")
"""How it is said that nobody has a ticket."""

_KEPT = (
    "ticket_id", "category", "ticket_attributes", "open", "snoozed_until", "is_shared",
    "ticket_state_internal_label", "ticket_state_external_label", "linked_objects", "company_id",
)  # fmt: skip


def is_ticket(record: dict[str, Any]) -> bool:
    """Return whether a record is a ticket and no conversation."""
    return as_text(record.get("type")) == "ticket"


def add_ticket(gathering: Gathering, record: JsonRecord, ticket: dict[str, Any]) -> None:
    """Add a ticket with what its parts say of its history, or reject one without id."""
    ticket_id = as_text(ticket.get("id"))
    if ticket_id is None:
        gathering.reject(record.position, "missing_id", "ticket has no id", record.payload)
        return
    kind = as_object(ticket.get("ticket_type"))
    category = as_text(ticket.get("category")) or as_text(kind.get("category"))
    contacts = [
        contact_id
        for contact in as_objects(ticket.get("contacts"), "contacts")
        if (contact_id := as_text(contact.get("id"))) is not None
    ]
    requester = contacts[0] if contacts and category != TRACKER else None
    state = ticket.get("ticket_state")
    created_at = as_moment(ticket.get("created_at"))
    row: Row = {
        "ticket_id": ticket_id,
        "requester_ref": None if requester is None else f"contact:{requester}",
        "assignee_ref": _somebody(ticket.get("admin_assignee_id")),
        "group_name": _somebody(ticket.get("team_assignee_id")),
        "type": as_text(kind.get("name")),
        "status": _status(state),
        "subject": as_text(as_object(ticket.get("ticket_attributes")).get("_default_title_")),
        "created_at": created_at,
        "recorded_at": as_moment(ticket.get("updated_at")) or created_at,
    }
    attributes = {name: ticket.get(name) for name in _KEPT}
    # from version 2.12 of the API on the state is an object with its labels
    attributes["state"] = as_object(state) or None
    attributes["contact_ids"] = [one for one in contacts if one != requester]
    attributes["missing_parts"] = missing_parts(ticket.get("ticket_parts"), "ticket_parts")
    gathering.add("ticket", record.position, row, attributes)
    if created_at is not None:
        event = {"event_type": "created", "is_public": ticket.get("is_shared") is not False}
        _add_event(gathering, record.position, ticket_id, "created", event, created_at)
    for part in as_objects(ticket.get("ticket_parts"), "ticket_parts"):
        _add_part(gathering, record.position, ticket_id, part)


def _add_part(gathering: Gathering, position: int, ticket_id: str, part: dict[str, Any]) -> None:
    part_id, at = as_text(part.get("id")), as_moment(part.get("created_at"))
    if part_id is None or at is None:
        return
    author = as_object(part.get("author"))
    for event in _events(part):
        event |= _actor(author)
        _add_event(gathering, position, ticket_id, f"{part_id}|{event['event_type']}", event, at)
    add_people(gathering, position, author, at)


def _add_event(
    gathering: Gathering, position: int, ticket_id: str, name: str, event: Row, at: datetime
) -> None:
    row = {"ticket_event_id": f"{ticket_id}|{name}", "ticket_ref": ticket_id, "event_at": at}
    gathering.add("ticket_event", position, row | event)


def _events(part: dict[str, Any]) -> Iterator[Row]:
    """Yield what a part of a ticket did: one part may assign the ticket and say why."""
    state, before = _status(part.get("ticket_state")), _status(part.get("previous_ticket_state"))
    if state is not None and before is not None and state != before:
        yield {"event_type": "status", "value": state, "previous_value": before,
               "is_public": False}  # fmt: skip
    assigned = as_object(part.get("assigned_to"))
    if assigned:
        kind = "group" if as_text(assigned.get("type")) == "team" else "assignee"
        yield {"event_type": kind, "value": _somebody(assigned.get("id")), "is_public": False}
    if says_something(part) or is_redacted(part):
        is_note = as_text(part.get("part_type")) in NOTES
        yield {"event_type": "comment", "is_public": not is_note}


def _actor(author: dict[str, Any]) -> Row:
    kind = as_text(author.get("type"))
    if kind in CONTACTS:
        return {"actor_type": "requester", "actor_ref": person_ref(author)}
    if is_machine(author):
        return {"actor_type": "system", "actor_ref": None}
    if kind == "admin":
        return {"actor_type": "agent", "actor_ref": as_text(author.get("id"))}
    return {"actor_type": None, "actor_ref": None}


def _status(state: Any) -> str | None:
    """Return the status of a state, which is a word or an object; what is unknown as it is."""
    word = as_text(state) or as_text(as_object(state).get("category"))
    return None if word is None else STATES.get(word, word)


def _somebody(assignee_id: Any) -> str | None:
    text = as_text(assignee_id)
    return None if text in NOBODY else text
