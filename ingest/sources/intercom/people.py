"""People of an Intercom conversation in; ``contact``, ``agent`` and ``identifier`` rows out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.intercom.messages import CONTACTS, is_machine
from ingest.sources.json_values import as_object, as_objects, as_text
from ingest.sources.person_names import split_name


def add_people(
    gathering: Gathering, position: int, author: dict[str, Any], seen_at: datetime
) -> None:
    """Add the author as contact or agent; ``seen_at`` is when we knew of them."""
    person_id, kind = as_text(author.get("id")), as_text(author.get("type"))
    if person_id is None:
        return
    name, email = as_text(author.get("name")), as_text(author.get("email"))
    if kind in CONTACTS:
        first, last = split_name(name)
        row = {
            "contact_id": person_id,
            "first_name": first,
            "last_name": last,
            "email": email,
            "phone": as_text(author.get("phone")),
            "user_id": typed_user_id(author),
            "recorded_at": seen_at,
        }
        gathering.add("contact", position, row, {"type": kind})
    elif kind == "admin" and not is_machine(author):
        row = {"agent_id": person_id, "name": name, "email": email, "recorded_at": seen_at}
        gathering.add("agent", position, row)


def add_identifiers(
    gathering: Gathering, position: int, conversation: dict[str, Any], seen_at: datetime | None
) -> None:
    """Add our own ids of the people of a conversation, which their messages do not say."""
    people = as_objects(conversation.get("contacts"), "contacts")
    people.append(as_object(as_object(conversation.get("conversation_rating")).get("contact")))
    known = {
        (as_text(one.get("id")), as_text(one.get("external_id")))
        for one in people
        if as_text(one.get("id")) and as_text(one.get("external_id"))
    }
    for contact_id, external_id in sorted(known, key=str):
        row = {
            "person_ref": f"contact:{contact_id}",
            "id_type": "user_id",
            "id_value": external_id,
            "first_seen_at": seen_at,
        }
        gathering.add("identifier", position, row)


def typed_user_id(person: dict[str, Any]) -> str | None:
    """Return our own id of a person, as Intercom was told it."""
    user_id = as_text(person.get("external_id") or person.get("user_id"))
    return None if user_id is None else f"user_id:{user_id}"
