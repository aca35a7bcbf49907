"""A small model of HubSpot's marketing: e-mail campaigns and events, lists and their members."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from vendor_server import Asked, Told


@dataclass
class FakeMarketing:
    """Events come newest first, or in any order and with repetitions if there is a ``seed``."""

    events: list[dict[str, Any]] = field(default_factory=list)
    email_campaigns: dict[int, dict[str, Any]] = field(default_factory=dict)
    campaigns: list[dict[str, Any]] = field(default_factory=list)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    page: int = 1_000
    seed: int | None = None
    asked_for: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    def happen(self, event_id: str, created: int, **more: Any) -> None:
        event = {"id": event_id, "created": created, "type": "OPEN", "emailCampaignId": 7,
                 "recipient": "jane@acme.example"}  # fmt: skip
        self.events.append(event | more)

    def list_of(self, object_type: str, list_id: str, name: str) -> None:
        self.lists[list_id] = {
            "listId": list_id, "name": name, "objectTypeId": object_type, "listVersion": 1,
            "processingType": "MANUAL", "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-01T00:00:00Z", "additionalProperties": {"hs_list_size": "0"},
        }  # fmt: skip

    def add(self, list_id: str, record_id: int, at: str) -> None:
        found = self.members.setdefault(list_id, [])
        found.append({"recordId": str(record_id), "membershipTimestamp": at})
        found.sort(key=lambda one: one["membershipTimestamp"])
        self.lists[list_id]["additionalProperties"] = {
            "hs_list_size": str(len(found)), "hs_last_record_added_at": at
        }  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        self.asked_for.append(asked.path)
        if asked.path.startswith(self.refused) and self.refused:
            return Told({"category": "MISSING_SCOPES"}, 403)
        if asked.path == "/marketing/v3/campaigns":
            assert "hs_name" in asked.query["properties"]
            return Told({"results": self.campaigns, "total": len(self.campaigns)})
        if asked.path == "/email/public/v1/events":
            since = int(asked.query["startTimestamp"])
            found = [one for one in self.events if one["created"] >= since]
            found.sort(key=lambda one: -one["created"])
            if self.seed is not None:
                found += found[:3]
                random.Random(self.seed).shuffle(found)
            return self._paged(asked, "events", found)
        if asked.path == "/email/public/v1/campaigns/by-id":
            listed = ("id", "appId", "appName", "lastUpdatedTime")
            found = [{k: one[k] for k in listed} for one in self.email_campaigns.values()]
            return self._paged(asked, "campaigns", found)
        if asked.path.startswith("/email/public/v1/campaigns/"):
            one = self.email_campaigns[int(asked.path.rpartition("/")[2])]
            assert asked.query["appId"] == str(one["appId"])
            return Told({k: v for k, v in one.items() if k != "lastUpdatedTime"})
        if asked.path == "/crm/v3/lists/search":
            at, count = asked.body["offset"], min(asked.body["count"], self.page)
            found = list(self.lists.values())
            following = min(at + count, len(found))
            return Told({"lists": found[at:following], "offset": following, "total": len(found),
                         "hasMore": following < len(found)})  # fmt: skip
        list_id = asked.path.split("/")[4]
        if list_id not in self.lists:
            return Told({"category": "OBJECT_NOT_FOUND"}, 404)
        assert asked.path == f"/crm/v3/lists/{list_id}/memberships/join-order"
        at, found = int(asked.query.get("after", 0)), self.members.get(list_id, [])
        following = at + min(int(asked.query["limit"]), self.page)
        paging = {"paging": {"next": {"after": str(following)}}} if following < len(found) else {}
        return Told({"results": found[at:following], "total": len(found), **paging})

    def _paged(self, asked: Asked, key: str, found: list[dict[str, Any]]) -> Told:
        """Give a page by an opaque token, as long as a page may be here."""
        at = int(asked.query.get("offset", "o0")[1:])
        following = at + min(int(asked.query["limit"]), self.page)
        return Told({key: found[at:following], "hasMore": following < len(found),
                     "offset": f"o{following}"})  # fmt: skip
