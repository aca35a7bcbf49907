"""Authors of Intercom messages in, ``contact`` and ``agent`` rows out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.intercom.messages import CONTACTS
from ingest.sources.json_values import as_text
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
            "user_id": _typed(as_text(author.get("external_id") or author.get("user_id"))),
            "recorded_at": seen_at,
        }
        gathering.add("contact", position, row, {"type": kind})
    elif kind == "admin":
        row = {"agent_id": person_id, "name": name, "email": email, "recorded_at": seen_at}
        gathering.add("agent", position, row)


def _typed(user_id: str | None) -> str | None:
    return None if user_id is None else f"user_id:{user_id}"
