"""A small model of Twilio: calls with their legs, conversations, participants and messages."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from vendor_server import TOKEN, Asked, Told


@dataclass
class FakeTwilio:
    """Calls by sid, newest first, and conversations with messages.

    ``services`` has the service of a conversation that is not of the default one.
    """

    account: str = "AC1"
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    participants: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sms: list[dict[str, Any]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    services: dict[str, str] = field(default_factory=dict)

    def put(self, sid: str, start_time: str, status: str = "completed", **more: Any) -> None:
        self.calls[sid] = {"sid": sid, "start_time": start_time, "status": status, "from": "+4930",
                           "to": "+4940", "direction": "inbound", "duration": "3",
                           "parent_call_sid": None, **more}  # fmt: skip

    def say(self, sid: str, text: str, **more: Any) -> None:
        self.conversations.setdefault(
            sid, {"sid": sid, "state": "active", "date_created": "2024-01-01T00:00:00Z"}
        )
        said = self.messages.setdefault(sid, [])
        said.append(
            {"sid": f"IM{sid}{len(said)}", "conversation_sid": sid, "index": len(said),
             "body": text, "author": "jane", "date_created": "2024-01-02T00:00:00Z", **more}
        )  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        pair = base64.b64encode(f"{self.account}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return Told({"message": "Authenticate"}, 401)
        at, size = int(asked.query.get("Page", 0)), int(asked.query.get("PageSize", 50))
        if asked.path.startswith("/v1/"):
            return self._conversations(asked, at, size)
        if asked.path.endswith("/Recordings.json"):
            return Told({"recordings": [], "page": 0, "next_page_uri": None})
        if asked.path.endswith("/Messages.json"):
            since = asked.query.get("DateSent>", "")
            sent = [one for one in self.sms if one["date_sent"][:10] >= since]
            return Told({"messages": sent[::-1], "page": 0, "next_page_uri": None})
        list_ = f"/2010-04-01/Accounts/{self.account}/Calls"
        if asked.path != f"{list_}.json":
            self.asked_for.append(asked.path.removeprefix(f"{list_}/").removesuffix(".json"))
            call = self.calls.get(self.asked_for[-1])
            return Told(call) if call else Told({"code": 20404}, 404)
        since, parent = asked.query.get("StartTime>", ""), asked.query.get("ParentCallSid")
        found = [c for c in self.calls.values() if c["start_time"][:10] >= since]
        found = [c for c in found if parent in (None, c["parent_call_sid"])]
        found.sort(key=lambda c: c["start_time"], reverse=True)
        following = None
        if len(found) > (at + 1) * size:
            query = urlencode({**asked.query, "Page": at + 1})
            following = f"{asked.path}?{query}"
        page = found[at * size : (at + 1) * size]
        return Told({"calls": page, "page": at, "next_page_uri": following})

    def _conversations(self, asked: Asked, at: int, size: int) -> Told:
        if asked.path == "/v1/Configuration":
            return Told({"default_chat_service_sid": "IS0"})
        service, path = "IS0", asked.path.removeprefix("/v1/")
        if path.startswith("Services/"):
            _, service, path = path.split("/", 2)
        if path == "Services":
            sids = sorted({"IS0", *self.services.values()})
            key, found = "services", [{"sid": sid} for sid in sids]
        elif path == "Conversations":
            key = "conversations"
            found = [
                one
                for sid, one in self.conversations.items()
                if self.services.get(sid, "IS0") == service
            ]
        else:
            _, sid, kind = path.split("/")
            key = kind.lower()
            if sid not in self.conversations or self.services.get(sid, "IS0") != service:
                return Told({"code": 20404}, 404)
            found = list(self.messages[sid]) if kind == "Messages" else []
            if kind == "Participants":
                jane = {"sid": f"MB{sid}", "conversation_sid": sid, "identity": "jane",
                        "date_created": "2024-01-01T00:00:00Z"}  # fmt: skip
                found = self.participants.get(sid, [jane])
            if asked.query.get("Order") == "desc":
                found.reverse()
        following = None
        if len(found) > (at + 1) * size:
            order = asked.query.get("Order", "asc")
            following = f"{asked.path}?Order={order}&PageSize={size}&Page={at + 1}"
        page = found[at * size : (at + 1) * size]
        return Told({key: page, "meta": {"page": at, "next_page_url": following}})
