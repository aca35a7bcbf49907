"""Small models of the vendors' APIs, with the limits and oddities that their docs tell."""

from __future__ import annotations

import base64
import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vendor_server import Asked, Told

TOKEN = "s3cr3t-t0ken/with+signs"


def iso(moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class FakeIntercom:
    """Conversations by id; pages are drawn in any order if ``shuffled``."""

    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    shuffled: random.Random | None = None
    fetched: list[str] = field(default_factory=list)

    def put(self, conversation_id: str, updated_at: int) -> None:
        self.conversations[conversation_id] = {
            "type": "conversation", "id": conversation_id, "created_at": 1_700_000_000,
            "updated_at": updated_at,
            "source": {"id": f"m{conversation_id}", "body": "hello", "type": "conversation",
                       "author": {"type": "user", "id": "u1", "email": "jane@example.com"}},
            "conversation_parts": {"conversation_parts": []},
        }  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Told({"errors": [{"message": f"bad {asked.headers['authorization']}"}]}, 401)
        assert asked.headers["intercom-version"] == "2.11"
        if asked.path == "/conversations/search":
            return self._search(asked.body)
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


@dataclass
class FakeZendesk:
    """Records by stream, each with ``id`` and ``changed`` (epoch seconds)."""

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
        found = re.fullmatch(r"/api/v2/incremental/(\w+?)(/cursor)?\.json", asked.path)
        assert found, asked.path
        stream, by_cursor = found.group(1), bool(found.group(2))
        records = sorted(
            self.records.get(stream, {}).values(), key=lambda r: (r["changed"], r["id"])
        )
        size = min(int(asked.query["per_page"]), 1_000)
        return self._by_cursor(stream, records, size, asked.query) if by_cursor else self._by_time(
            stream, records, size, asked.query
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
        return Told({stream: page, "after_cursor": cursor, "end_of_stream": len(rest) <= size})

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


@dataclass
class FakeTwilio:
    """Calls by sid, newest first, and conversations with messages."""

    account: str = "AC1"
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def put(self, sid: str, start_time: str, status: str = "completed") -> None:
        self.calls[sid] = {"sid": sid, "start_time": start_time, "status": status, "from": "+4930",
                           "to": "+4940", "direction": "inbound", "duration": "3"}  # fmt: skip

    def say(self, sid: str, text: str) -> None:
        self.conversations.setdefault(
            sid, {"sid": sid, "state": "active", "date_created": "2024-01-01T00:00:00Z"}
        )
        said = self.messages.setdefault(sid, [])
        said.append(
            {"sid": f"IM{sid}{len(said)}", "conversation_sid": sid, "index": len(said),
             "body": text, "author": "jane", "date_created": "2024-01-02T00:00:00Z"}
        )  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        pair = base64.b64encode(f"{self.account}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return Told({"message": "Authenticate"}, 401)
        at, size = int(asked.query.get("Page", 0)), int(asked.query.get("PageSize", 50))
        if asked.path.startswith("/v1/"):
            return self._conversations(asked, at, size)
        assert asked.path == f"/2010-04-01/Accounts/{self.account}/Calls.json"
        since = asked.query["StartTime>"]
        found = [c for c in self.calls.values() if c["start_time"][:10] >= since]
        found.sort(key=lambda c: c["start_time"], reverse=True)
        following = None
        if len(found) > (at + 1) * size:
            following = f"{asked.path}?StartTime%3E={since}&PageSize={size}&Page={at + 1}"
        page = found[at * size : (at + 1) * size]
        return Told({"calls": page, "page": at, "next_page_uri": following})

    def _conversations(self, asked: Asked, at: int, size: int) -> Told:
        if asked.path == "/v1/Conversations":
            key, found = "conversations", list(self.conversations.values())
        else:
            _, _, _, sid, kind = asked.path.split("/")
            key = kind.lower()
            found = list(self.messages[sid]) if kind == "Messages" else []
            if kind == "Participants":
                found = [{"sid": f"MB{sid}", "conversation_sid": sid, "identity": "jane",
                          "date_created": "2024-01-01T00:00:00Z"}]  # fmt: skip
            if asked.query.get("Order") == "desc":
                found.reverse()
        following = None
        if len(found) > (at + 1) * size:
            order = asked.query.get("Order", "asc")
            following = f"{asked.path}?Order={order}&PageSize={size}&Page={at + 1}"
        page = found[at * size : (at + 1) * size]
        return Told({key: page, "meta": {"page": at, "next_page_url": following}})


@dataclass
class FakeHubspot:
    """Objects by kind and id; a search gives 10,000 results at most (here fewer)."""

    objects: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    archived: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    window: int = 40
    owners: list[dict[str, Any]] = field(default_factory=list)

    def put(self, kind: str, object_id: int, changed_ms: int, **properties: str) -> None:
        changed = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        self.objects.setdefault(kind, {})[object_id] = {
            "id": str(object_id),
            "properties": {
                "hs_object_id": str(object_id), changed: iso(changed_ms), **properties
            },
            "at": changed_ms,
        }  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Told({"category": "INVALID_AUTHENTICATION"}, 401)
        if asked.path == "/crm/v3/owners":
            return Told({"results": self.owners})
        if asked.path.startswith("/crm/v3/properties/"):
            kind = asked.path.rpartition("/")[2]
            names = {n for o in self.objects.get(kind, {}).values() for n in o["properties"]}
            return Told({"results": [{"name": name} for name in sorted(names)]})
        if asked.path.startswith("/crm/v3/associations/"):
            to = [{"id": "7", "type": "x_to_y"}]
            inputs = asked.body["inputs"]
            return Told({"results": [{"from": {"id": one["id"]}, "to": to} for one in inputs]}, 207)
        kind = asked.path.split("/")[4]
        if asked.path.endswith("/search"):
            return self._search(kind, asked.body)
        if asked.path.endswith("/batch/read"):
            assert len(asked.body["inputs"]) <= 50
            found = [self.objects[kind].get(int(one["id"])) for one in asked.body["inputs"]]
            return Told({"results": [self._shown(one, asked.body) for one in found if one]})
        assert asked.query["archived"] == "true"
        return Told({"results": self.archived.get(kind, [])})

    def _shown(self, one: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        names = set(request["properties"])
        shown = {k: v for k, v in one["properties"].items() if k in names}
        history = {
            name: [{"value": one["properties"].get(name), "timestamp": iso(one["at"])}]
            for name in request.get("propertiesWithHistory", ())
        }
        return {"id": one["id"], "properties": shown, "propertiesWithHistory": history}

    def _search(self, kind: str, body: dict[str, Any]) -> Told:
        found = list(self.objects.get(kind, {}).values())
        for filter_ in body["filterGroups"][0]["filters"]:
            value = int(filter_["value"])
            is_id = filter_["propertyName"] == "hs_object_id"
            compare = {"GTE": int.__ge__, "GT": int.__gt__, "EQ": int.__eq__}[filter_["operator"]]
            found = [o for o in found if compare(int(o["id"]) if is_id else o["at"], value)]
        by_id = body["sorts"][0]["propertyName"] == "hs_object_id"
        # the order among equals is nobody's promise
        found.sort(key=lambda o: int(o["id"]) if by_id else (o["at"], hash(o["id"])))
        assert "after" not in body
        assert body["limit"] <= 200
        assert body["limit"] <= self.window
        page = [{"id": o["id"], "properties": o["properties"]} for o in found[: body["limit"]]]
        return Told({"total": len(found), "results": page})


@dataclass
class FakeSalesforce:
    """Records by object; results come in sets, the later ones without a header if ``bare``."""

    objects: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    jobs: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    polls: dict[str, int] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    bare: bool = False
    expired: bool = False

    def put(self, name: str, record_id: str, changed: str, **fields: str) -> None:
        record = {"Id": record_id, "SystemModstamp": changed, **fields}
        known = self.objects.setdefault(name, [])
        known[:] = [one for one in known if one["Id"] != record_id] + [record]

    def answer(self, asked: Asked) -> Told:
        if asked.path == "/services/oauth2/token":
            if asked.body.get("client_secret") != TOKEN:
                return Told({"error": "invalid_client", "sent": asked.body}, 400)
            self.tokens.append(f"00D{len(self.tokens)}")
            return Told({"access_token": self.tokens[-1]})
        if asked.headers.get("authorization") != f"Bearer {self.tokens[-1]}":
            return Told([{"errorCode": "INVALID_SESSION_ID"}], 401)
        path = asked.path.removeprefix("/services/data/v61.0/")
        if described := re.fullmatch(r"sobjects/(\w+)/describe", path):
            return self._describe(described.group(1))
        if path == "queryAll":
            return Told({"totalSize": len(self._found(asked.query["q"])[1])})
        if path == "jobs/query":
            job_id = f"750{len(self.jobs):015d}"
            fields, found = self._found(asked.body["query"])
            assert asked.body["operation"] == "queryAll"
            self.jobs[job_id] = [{name: one.get(name, "") for name in fields} for one in found]
            return Told({"id": job_id, "state": "UploadComplete"})
        job_id = path.split("/")[2]
        if self.expired or job_id not in self.jobs:
            self.expired = False
            return Told([{"errorCode": "NOT_FOUND"}], 404)
        if not path.endswith("/results"):
            self.polls[job_id] = self.polls.get(job_id, 0) + 1
            if self.polls[job_id] == 1:
                return Told({"state": "InProgress"})
            return Told({"state": "JobComplete", "numberRecordsProcessed": len(self.jobs[job_id])})
        return self._results(self.jobs[job_id], asked.query)

    def _describe(self, name: str) -> Told:
        if name not in self.objects:
            return Told([{"errorCode": "NOT_FOUND"}], 404)
        names = sorted({field for one in self.objects[name] for field in one})
        fields = [{"name": field, "type": "string"} for field in names]
        return Told({"fields": [*fields, {"name": "MailingAddress", "type": "address"}]})

    def _found(self, query: str) -> tuple[list[str], list[dict[str, str]]]:
        parts = re.fullmatch(
            r"SELECT (.+) FROM (\w+) WHERE SystemModstamp >= (\S+)"
            r"(?: AND SystemModstamp < (\S+))?",
            query,
        )
        assert parts, query
        fields, name, since, until = parts.groups()
        records = self.objects.get(name, [])
        return fields.split(", "), [
            one for one in records if since <= one["SystemModstamp"] < (until or "9999")
        ]

    def _results(self, records: list[dict[str, str]], query: dict[str, str]) -> Told:
        at, size = int(query.get("locator", 0)), int(query["maxRecords"])
        page = records[at : at + size]
        names = list(records[0]) if records else ["Id"]
        lines = [",".join(f'"{one[name]}"' for name in names) for one in page]
        if not (self.bare and at):
            lines.insert(0, ",".join(f'"{name}"' for name in names))
        following = str(at + size) if at + size < len(records) else "null"
        headers = {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(page))}
        return Told("".join(f"{line}\n" for line in lines).encode(), headers=headers)


def version_of(record: dict[str, Any]) -> str:
    """Return a record as text, to compare sets of versions."""
    return json.dumps(record, sort_keys=True)
