"""A small model of HubSpot's CRM objects, searched within a limit of results."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fake_hubspot_marketing import FakeMarketing
from vendor_server import TOKEN, Asked, Told


def iso(moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _labeled(to_id: str, label: str | None) -> dict[str, Any]:
    types = [{"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}]
    if label is not None:
        types.append({"category": "USER_DEFINED", "typeId": 1, "label": label})
    return {"toObjectId": int(to_id), "associationTypes": types}


@dataclass
class FakeHubspot:
    """Objects by kind and id; a search gives 10,000 results at most (here fewer).

    ``hidden`` is how many results each page of a search is short of, although there are more.
    """

    objects: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    archived: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    window: int = 40
    owners: list[dict[str, Any]] = field(default_factory=list)
    associated: dict[tuple[str, str, str], dict[str, str | None]] = field(default_factory=dict)
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    former_owners: list[dict[str, Any]] = field(default_factory=list)
    marketing: FakeMarketing = field(default_factory=FakeMarketing)
    associated_at_once: int = 100
    hidden: int = 0

    def put(self, kind: str, object_id: int, changed_ms: int, **properties: str) -> None:
        changed = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        self.objects.setdefault(kind, {})[object_id] = {
            "id": str(object_id),
            "properties": {
                "hs_object_id": str(object_id), changed: iso(changed_ms), **properties
            },
            "at": changed_ms,
            "histories": {},
        }  # fmt: skip

    def tell(self, kind: str, object_id: int, name: str, *changes: tuple[str, str]) -> None:
        """Let a property have had values since moments, the newest last."""
        self.objects[kind][object_id]["histories"][name] = [
            {"value": value, "timestamp": at, "sourceType": "CRM_UI"}
            for at, value in reversed(changes)
        ]

    def archive(self, kind: str, object_id: int, at: str, *kept: str) -> None:
        """Delete an object; what is listed of it has the properties ``kept`` alone."""
        gone = self.objects[kind].pop(object_id)
        properties = {name: gone["properties"].get(name) for name in kept}
        self.archived.setdefault(kind, []).append(
            {"id": gone["id"], "properties": properties, "createdAt": iso(gone["at"]),
             "updatedAt": at, "archived": True, "archivedAt": at}
        )  # fmt: skip

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Told({"category": "INVALID_AUTHENTICATION"}, 401)
        if asked.path.startswith(("/email/", "/marketing/", "/crm/v3/lists/")):
            return self.marketing.answer(asked)
        if asked.path == "/crm/v3/owners":
            is_archived = asked.query.get("archived") == "true"
            return Told({"results": self.former_owners if is_archived else self.owners})
        if asked.path == "/crm/v3/pipelines/deals":
            return Told({"results": self.pipelines})
        if asked.path.startswith("/crm/v3/properties/"):
            kind = asked.path.rpartition("/")[2]
            names = {n for o in self.objects.get(kind, {}).values() for n in o["properties"]}
            return Told({"results": [{"name": name} for name in sorted(names)]})
        if found := re.fullmatch(r"/crm/(v3|v4)/associations/(\w+)/(\w+)/batch/read", asked.path):
            return self._associated(asked.body["inputs"], *found.groups())
        kind = asked.path.split("/")[4]
        if "/associations/" in asked.path:
            *_, one_id, _, other = asked.path.split("/")
            return Told(self._page_of_associated(kind, one_id, other, int(asked.query["after"])))
        if asked.path.endswith("/search"):
            return self._search(kind, asked.body)
        if asked.path.endswith("/batch/read"):
            assert len(asked.body["inputs"]) <= 50
            found = [self.objects[kind].get(int(one["id"])) for one in asked.body["inputs"]]
            return Told({"results": [self._shown(one, asked.body) for one in found if one]})
        assert asked.query["archived"] == "true"
        return Told({"results": self.archived.get(kind, [])})

    def _associated(self, inputs: list[Any], version: str, kind: str, other: str) -> Told:
        """Give what was put, with labels in v4 only; a record without any is an error in it."""
        results = []
        for one in inputs:
            if version == "v3":
                # marks of pages are for one object at a time: those of a batch are not heeded
                page = self._page_of_associated(kind, one["id"], other, 0)
                to, more = page.pop("results"), page
            else:
                labels = self.associated.get((kind, one["id"], other), {})
                to, more = [_labeled(to_id, label) for to_id, label in labels.items()], {}
            if to:
                results.append({"from": {"id": one["id"]}, "to": to, **more})
        errors = len(inputs) - len(results)
        return Told({"status": "COMPLETE", "results": results, "numErrors": errors}, 207)

    def _page_of_associated(self, kind: str, one_id: str, other: str, at: int) -> dict[str, Any]:
        ids = list(self.associated.get((kind, one_id, other), {}))
        following = at + self.associated_at_once
        paging = {"paging": {"next": {"after": str(following)}}} if following < len(ids) else {}
        page = [{"id": to_id, "type": f"{kind}_to_{other}"} for to_id in ids[at:following]]
        return {"results": page, **paging}

    def _shown(self, one: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        names = set(request["properties"])
        shown = {k: v for k, v in one["properties"].items() if k in names}
        now = one["at"]
        history = {
            name: one["histories"].get(name)
            or [{"value": one["properties"].get(name), "timestamp": iso(now)}]
            for name in request.get("propertiesWithHistory", ())
        }
        return {"id": one["id"], "properties": shown, "propertiesWithHistory": history}

    def _search(self, kind: str, body: dict[str, Any]) -> Told:
        found = list(self.objects.get(kind, {}).values())
        for filter_ in body["filterGroups"][0]["filters"]:
            value = int(filter_["value"])
            is_id = filter_["propertyName"] == "hs_object_id"
            compare = {"GTE": int.__ge__, "LTE": int.__le__, "GT": int.__gt__, "EQ": int.__eq__}[
                filter_["operator"]
            ]
            found = [o for o in found if compare(int(o["id"]) if is_id else o["at"], value)]
        by_id = body["sorts"][0]["propertyName"] == "hs_object_id"
        # the order among equals is nobody's promise
        found.sort(key=lambda o: int(o["id"]) if by_id else (o["at"], hash(o["id"])))
        assert "after" not in body
        assert body["limit"] <= 200
        assert body["limit"] <= self.window
        size = body["limit"] - self.hidden
        page = [{"id": o["id"], "properties": o["properties"]} for o in found[:size]]
        paging = {"paging": {"next": {"after": str(size)}}} if len(found) > size else {}
        return Told({"total": len(found), "results": page, **paging})
