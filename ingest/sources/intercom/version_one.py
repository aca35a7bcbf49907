"""A conversation as version 1 of Intercom's API gives it in; the same as version 2 does out.

The message that begins it is ``conversation_message`` there, its people are ``user`` and
``customers``, and authors are ids alone: what ``user`` and ``assignee`` say of them stands once.
"""

from __future__ import annotations

from typing import Any

from ingest.sources.json_values import as_object, as_objects, as_text


def as_of_version_two(conversation: dict[str, Any]) -> dict[str, Any]:
    """Return a conversation under the names of version 2; one that has them is as it is."""
    first = as_object(conversation.get("conversation_message"))
    if not first or conversation.get("source"):
        return conversation
    known = {
        person_id: person
        for name in ("user", "assignee")
        if (person_id := as_text((person := as_object(conversation.get(name))).get("id")))
    }
    user = as_object(conversation.get("user"))
    contacts = [
        one | ({"external_id": one["user_id"]} if as_text(one.get("user_id")) else {})
        for one in (user, *as_objects(conversation.get("customers")))
        if as_text(one.get("id"))
    ]
    parts = as_object(conversation.get("conversation_parts"))
    said = as_objects(parts, "conversation_parts")
    return {
        **conversation,
        "source": _with_author(first, known),
        "contacts": contacts,
        "conversation_parts": parts
        | {"conversation_parts": [_with_author(part, known) for part in said]},
    }


def _with_author(said: dict[str, Any], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    author = as_object(said.get("author"))
    return said | {"author": known.get(as_text(author.get("id")) or "", {}) | author}
