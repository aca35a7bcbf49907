"""A small model of HubSpot's CRM objects, searched within a limit of results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vendor_server import TOKEN, Asked, Told


def iso(moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class FakeHubspot:
    """Objects by kind and id; a search gives 10,000 results at most (here fewer)."""

    objects: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    archived: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    window: int = 40
    owners: list[dict[str, Any]] = field(default_factory=list)
    former_owners: list[dict[str, Any]] = field(default_factory=list)

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
            is_archived = asked.query.get("archived") == "true"
            return Told({"results": self.former_owners if is_archived else self.owners})
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
