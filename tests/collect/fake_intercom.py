"""A small model of Intercom: conversations, contacts and tickets, searched page by page."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vendor_server import TOKEN, Asked, Told

from ingest.source import Source


@dataclass
class FakeIntercom:
    """Records by id; pages are drawn in any order if ``shuffled``.

    ``lists`` holds the answers by address to what a contact has more than ten of.
    """

    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    shuffled: random.Random | None = None
    fetched: list[str] = field(default_factory=list)
    zone_s: int = 0

    def put(self, conversation_id: str, updated_at: int) -> None:
        self.conversations[conversation_id] = {
            "type": "conversation", "id": conversation_id, "created_at": 1_700_000_000,
            "updated_at": updated_at,
            "source": {"id": f"m{conversation_id}", "body": "hello", "type": "conversation",
                       "author": {"type": "user", "id": "u1", "email": "jane@example.com"}},
            "conversation_parts": {"conversation_parts": []},
        }  # fmt: skip

    def put_contact(self, contact_id: str, updated_at: int, **more: Any) -> None:
        self.contacts[contact_id] = {
            "type": "contact", "id": contact_id, "role": "user", "email": f"{contact_id}@x.example",
            "created_at": 1_700_000_000, "updated_at": updated_at, **more,
        }  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Told({"errors": [{"message": f"bad {asked.headers['authorization']}"}]}, 401)
        assert asked.headers["intercom-version"] == "2.11"
        if asked.path == "/conversations/search":
            return self._search(asked.body)
        if asked.path == "/contacts/search":
            return self._search_by_day(asked.body, self.contacts, "data")
        if asked.path == "/tickets/search":
            return self._search_by_day(asked.body, self.tickets, "tickets")
        if asked.path in self.lists:
            return Told(self.lists[asked.path])
        conversation_id = asked.path.rpartition("/")[2]
        self.fetched.append(conversation_id)
        found = self.conversations.get(conversation_id)
        return Told(found) if found else Told({"errors": []}, 404)

    def _search(self, body: dict[str, Any]) -> Told:
        query = body["query"]
        assert (query["field"], query["operator"]) == ("updated_at", ">")
        found = [c for c in self.conversations.values() if c["updated_at"] > query["value"]]
        found.sort(key=lambda c: (c["updated_at"], c["id"]))
        size = body["pagination"]["per_page"]
        pages = [found[at : at + size] for at in range(0, len(found), size)] or [[]]
        if self.shuffled is not None:
            random.Random(query["value"]).shuffle(pages)
        at = int(body["pagination"].get("starting_after", 0))
        if at >= len(pages):
            return Told({"errors": [{"code": "parameter_invalid"}]}, 400)
        listed = [{k: v for k, v in c.items() if k != "conversation_parts"} for c in pages[at]]
        following = {"starting_after": str(at + 1)} if at + 1 < len(pages) else None
        return Told(
            {"type": "conversation.list", "conversations": listed, "total_count": len(found),
             "pages": {"type": "pages", "next": following, "per_page": size}}
        )  # fmt: skip

    def _search_by_day(
        self, body: dict[str, Any], records: dict[str, dict[str, Any]], key: str
    ) -> Told:
        query = body["query"]
        assert (query["field"], query["operator"]) == ("updated_at", ">")
        # Intercom cuts both down to whole days of the workspace
        found = [
            c
            for c in records.values()
            if (c["updated_at"] + self.zone_s) // 86_400 > (query["value"] + self.zone_s) // 86_400
        ]
        listed = sorted(found, key=lambda c: (c["updated_at"], c["id"]))
        return Told({"type": "list", key: listed, "total_count": len(found), "pages": {}})


def intercom(make: Callable[..., Source], url: str, **more: Any) -> Source:
    """Return the entry of a source that collects it."""
    return make("intercom", "intercom/*.json", kind="intercom", token="env:VENDOR_TOKEN",
                base_url=url, page_size=7, **more)  # fmt: skip
