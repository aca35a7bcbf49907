"""A small model of Salesforce's bulk queries, with tokens that expire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vendor_server import TOKEN, Asked, Told


@dataclass
class FakeSalesforce:
    """Records by object; results come in sets, the later ones without a header if ``bare``.

    ``clock_s`` is how far its clock is behind ours.
    """

    objects: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    jobs: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    polls: dict[str, int] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    bare: bool = False
    expired: int = 0
    parents: dict[str, str] = field(default_factory=dict)
    clock_s: float = 0.0

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
            now = datetime.now(UTC) - timedelta(seconds=self.clock_s)
            created = f"{now:%Y-%m-%dT%H:%M:%S}.000+0000"
            return Told({"id": job_id, "state": "UploadComplete", "createdDate": created})
        job_id = path.split("/")[2]
        if self.expired or job_id not in self.jobs:
            status, self.expired = self.expired or 404, 0
            return Told([{"errorCode": "NOT_FOUND"}], status)
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
        fields = [
            {"name": field, "type": "string", "relationshipName": self.parents.get(field)}
            for field in names
            # fields of a parent are described with the parent
            if "." not in field
        ]
        return Told({"fields": [*fields, {"name": "MailingAddress", "type": "address"}]})

    def _found(self, query: str) -> tuple[list[str], list[dict[str, str]]]:
        parts = re.fullmatch(
            r"SELECT (.+) FROM (\w+) WHERE (?:Field IN \((.+)\) AND )?SystemModstamp >= (\S+)"
            r"(?: AND SystemModstamp < (\S+))?",
            query,
        )
        assert parts, query
        fields, name, kept, since, until = parts.groups()
        records = [
            one
            for one in self.objects.get(name, [])
            if kept is None or f"'{one['Field']}'" in kept.split(", ")
        ]
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
