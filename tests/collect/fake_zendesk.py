"""A small model of Zendesk's incremental exports, by cursor and by time."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from vendor_server import TOKEN, Asked, Told


@dataclass
class FakeZendesk:
    """Records by stream, each with ``id`` and ``changed`` (epoch seconds); identities of users."""

    identities: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)

    def put(self, stream: str, record_id: int, changed: int, **more: Any) -> None:
        self.records.setdefault(stream, {})[record_id] = {
            "id": record_id,
            "changed": changed,
            **more,
        }

    def answer(self, asked: Asked) -> Told:
        pair = base64.b64encode(f"ada@nordlicht.example/token:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return Told({"error": "Couldn't authenticate you"}, 401)
        if counted := re.fullmatch(r"/api/v2/(\w+)/count.json", asked.path):
            return Told({"count": {"value": len(self.records.get(counted.group(1), {}))}})
        if asked.path == "/api/v2/account/settings.json":
            return Told({"settings": {}})
        if listed := re.fullmatch(r"/api/v2/(groups|brands|satisfaction_ratings).json", asked.path):
            return self._listed(listed.group(1), asked.query)
        if asked.path == "/api/v2/guide/survey_responses":
            since = {"start_time": str(int(asked.query["filter[created_at_start]"]) // 1000)}
            return self._listed("survey_responses", asked.query | since)
        if of_ticket := re.fullmatch(r"/api/v2/tickets/(\d+)(/comments)?.json", asked.path):
            ticket = self.records["tickets"].get(int(of_ticket.group(1)))
            if ticket is None or ticket["status"] == "deleted":
                return Told({"error": "RecordNotFound"}, 404)
            if not of_ticket.group(2):
                return Told({"ticket": ticket})
            return self._listed(f"comments of {ticket['id']}", asked.query, "comments")
        found = re.fullmatch(r"/api/v2/incremental/(\w+?)(/cursor)?\.json", asked.path)
        assert found, asked.path
        stream, by_cursor = found.group(1), bool(found.group(2))
        records = sorted(
            self.records.get(stream, {}).values(), key=lambda r: (r["changed"], r["id"])
        )
        if asked.query.get("support_type_scope", "agent") != "all":
            records = [r for r in records if r.get("support_type", "agent") == "agent"]
        size = min(int(asked.query["per_page"]), 1_000)
        return self._by_cursor(stream, records, size, asked.query) if by_cursor else self._by_time(
            stream, records, size, asked.query
        )  # fmt: skip

    def _listed(self, stream: str, query: dict[str, str], key: str = "") -> Told:
        since, at = int(query.get("start_time", 0)), int(query.get("page[after]", 0))
        found = [r for r in self.records.get(stream, {}).values() if r["changed"] >= since]
        # two a page, whatever is asked for
        more = len(found) > at + 2
        return Told(
            {key or stream: found[at : at + 2],
             "meta": {"has_more": more, "after_cursor": str(at + 2) if more else None}}
        )  # fmt: skip

    def _by_cursor(
        self, stream: str, records: list[dict[str, Any]], size: int, query: dict[str, str]
    ) -> Told:
        if "cursor" in query:
            changed, last_id = map(int, base64.b64decode(query["cursor"]).split(b"|"))
        else:
            changed, last_id = int(query["start_time"]), -1
        rest = [r for r in records if (r["changed"], r["id"]) > (changed, last_id)]
        page = rest[:size]
        if page:
            changed, last_id = page[-1]["changed"], page[-1]["id"]
        cursor = base64.b64encode(f"{changed}|{last_id}".encode()).decode()
        content: dict[str, Any] = {stream: page}
        if "identities" in query.get("include", ""):
            users = {user["id"] for user in page}
            content["identities"] = [one for one in self.identities if one["user_id"] in users]
        return Told({**content, "after_cursor": cursor, "end_of_stream": len(rest) <= size})

    def _by_time(
        self, stream: str, records: list[dict[str, Any]], size: int, query: dict[str, str]
    ) -> Told:
        rest = [r for r in records if r["changed"] >= int(query["start_time"])]
        page = rest[:size]
        # those of the same second as the last one come along
        page += [r for r in rest[size:] if r["changed"] == page[-1]["changed"]]
        end = page[-1]["changed"] if page else None
        return Told(
            {stream: page, "end_time": end, "count": len(page),
             "end_of_stream": len(page) == len(rest)}
        )  # fmt: skip
