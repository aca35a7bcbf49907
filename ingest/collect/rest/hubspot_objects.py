"""Ids of HubSpot objects in; the objects with all properties, history and associations out."""

from __future__ import annotations

import re
from typing import Any

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client
from ingest.sources.hubspot.refusals import SUBSCRIPTION

READ_AT_ONCE = 50
"""The limit where history is asked for; 100 otherwise."""

ASSOCIATED_AT_ONCE = 500

_NOT_FOUND = "OBJECT_NOT_FOUND"

HISTORY = {
    "contacts": ("lifecyclestage",),
    "deals": (
        "dealstage", "amount", "closedate", "hubspot_owner_id", "hs_manual_forecast_category",
        "hs_deal_stage_probability",
    ),
    "tickets": ("hs_pipeline_stage", "hubspot_owner_id", "hs_ticket_priority"),
}  # fmt: skip

_ACTIVITY = ("contacts", "companies", "deals", "tickets")
ASSOCIATIONS = {
    "contacts": ("companies",),
    "deals": ("contacts", "companies"),
    "tickets": ("contacts", "companies", "deals"),
    "line_items": ("deals",),
    "calls": _ACTIVITY,
    "emails": _ACTIVITY,
    "meetings": _ACTIVITY,
    "notes": _ACTIVITY,
    "tasks": _ACTIVITY,
    "communications": _ACTIVITY,
}

LABELED = (("deals", "contacts"),)
"""Associations of which the labels are read (Decision maker); only the fourth version has them."""


class ObjectReader:
    """Reads one kind of object."""

    def __init__(self, client: Client, object_: str) -> None:
        self._client = client
        self._object = object_
        self._properties: list[str] | None = None

    def read(self, ids: list[str]) -> list[dict[str, Any]]:
        """Return the objects, each in the form that the API gives a single one."""
        found = []
        for at in range(0, len(ids), READ_AT_ONCE):
            found += self._read(ids[at : at + READ_AT_ONCE])
        return found

    def _read(self, ids: list[str]) -> list[dict[str, Any]]:
        request: dict[str, Any] = {
            "properties": self._names(),
            "inputs": [{"id": one} for one in ids],
        }
        if self._object in HISTORY:
            request["propertiesWithHistory"] = self._with_history()
        answer = self._client.post(f"crm/v3/objects/{self._object}/batch/read", request)
        objects = {str(one["id"]): one for one in _results(answer)}
        for other in ASSOCIATIONS.get(self._object, ()):
            for one_id, to in self._associated(list(objects), other).items():
                associations = objects[one_id].setdefault("associations", {})
                associations[other] = {"results": to}
        # one that was deleted meanwhile is missing, and comes as an archived one
        return [objects[one] for one in ids if one in objects]

    def _names(self) -> list[str]:
        if self._properties is None:
            answer = self._client.get(f"crm/v3/properties/{self._object}")
            self._properties = sorted(str(one["name"]) for one in _results(answer))
        return self._properties

    def _with_history(self) -> list[str]:
        """Return the properties of which the history is asked for, those that the account has."""
        names = self._names()
        told = [name for name in HISTORY[self._object] if name in names]
        if self._object == "contacts":
            told += [name for name in names if re.match(SUBSCRIPTION, name)]
        return told

    def _associated(self, ids: list[str], other: str) -> dict[str, list[dict[str, Any]]]:
        version = "v4" if (self._object, other) in LABELED else "v3"
        path = f"crm/{version}/associations/{self._object}/{other}/batch/read"
        found: dict[str, list[dict[str, Any]]] = {}
        inputs = [{"id": one} for one in ids]
        while inputs:
            following = []
            for result in _results(self._client.post(path, {"inputs": inputs})):
                one_id = str(result["from"]["id"])
                if one_id in ids:
                    found.setdefault(one_id, []).extend(result["to"])
                if (after := _after(result)) is None:
                    continue
                if version == "v3":
                    # the third version takes no marks of pages for many objects at once
                    found.setdefault(one_id, []).extend(self._further(one_id, other, after))
                else:
                    following.append({"id": one_id, "after": after})
            if following == inputs:
                raise _circle(other)
            inputs = following
        return found

    def _further(self, one_id: str, other: str, after: Any) -> list[dict[str, Any]]:
        path = f"crm/v3/objects/{self._object}/{one_id}/associations/{other}"
        found: list[dict[str, Any]] = []
        while after is not None:
            answer = self._client.get(path, {"limit": ASSOCIATED_AT_ONCE, "after": after})
            found += _results(answer)
            if (following := _after(answer)) == after:
                raise _circle(other)
            after = following
        return found


def _after(answer: dict[str, Any]) -> Any:
    return ((answer.get("paging") or {}).get("next") or {}).get("after")


def _circle(other: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(f"HubSpot's associations with {other} lead back to themselves")


def _results(answer: dict[str, Any]) -> list[dict[str, Any]]:
    results = answer.get("results")
    if not isinstance(results, list):
        raise UnexpectedAnswer("HubSpot's answer holds no results")
    for error in answer.get("errors") or ():
        # told of what was deleted meanwhile, and of objects without any association
        category = error.get("category") if isinstance(error, dict) else None
        if category != _NOT_FOUND:
            raise UnexpectedAnswer(f"HubSpot gives a part of what was asked for: {category}")
    return results
