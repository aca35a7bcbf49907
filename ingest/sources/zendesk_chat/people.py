"""The visitor and the agents of a Zendesk chat in; ``contact`` and ``agent`` rows out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_values import as_object, as_objects, as_text
from ingest.sources.person_names import split_name
from ingest.sources.zendesk_chat.messages import SPOKEN

_NAMELESS = re.compile(r"Visitor \d+")
"""The name that Zendesk gives a visitor who gave none."""


def visitor_ref(visitor: dict[str, Any]) -> str | None:
    """Return the visitor as a person: by e-mail, else by id."""
    email, visitor_id = as_text(visitor.get("email")), as_text(visitor.get("id"))
    if email is not None and "@" in email:
        return f"email:{email}"
    return None if visitor_id is None else f"contact:{visitor_id}"


def add_visitor(
    gathering: Gathering, position: int, chat: dict[str, Any], seen_at: datetime
) -> None:
    """Add the visitor as contact, known since the chat."""
    visitor = as_object(chat.get("visitor"))
    visitor_id = as_text(visitor.get("id"))
    if visitor_id is None:
        return
    name = as_text(visitor.get("name"))
    is_nameless = name is not None and _NAMELESS.fullmatch(name) is not None
    first, last = split_name(None if is_nameless else name)
    row = {
        "contact_id": visitor_id,
        "first_name": first,
        "last_name": last,
        "email": as_text(visitor.get("email")),
        "phone": as_text(visitor.get("phone")),
        "recorded_at": seen_at,
    }
    gathering.add("contact", position, row, {"notes": as_text(visitor.get("notes"))})


def add_agents(
    gathering: Gathering, position: int, chat: dict[str, Any], seen_at: datetime
) -> None:
    """Add the agents whom engagements or messages give an id and a name."""
    names: dict[str, str] = {}
    for entry in as_objects(chat.get("history")):
        is_agent = (as_text(entry.get("sender_type")) or "").lower() == "agent"
        agent_id, name = as_text(entry.get("agent_id")), as_text(entry.get("name"))
        if is_agent and agent_id and name and as_text(entry.get("type")) in SPOKEN:
            names.setdefault(agent_id, name)
    for engagement in as_objects(chat.get("engagements")):
        name = as_text(engagement.get("agent_full_name")) or as_text(engagement.get("agent_name"))
        agent_id = as_text(engagement.get("agent_id"))
        if agent_id and name:
            names[agent_id] = name
    for agent_id, name in names.items():
        gathering.add(
            "agent", position, {"agent_id": agent_id, "name": name, "recorded_at": seen_at}
        )
