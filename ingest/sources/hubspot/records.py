"""A decoded HubSpot record in; its fields, flat, out.

Properties come under their internal names; ids of associated records as one text
(``associations.contacts``: ``101;102``, the primary one first), those of contacts with their
labels also under ``$people``; the history of properties as a
list under ``$history``, that of the lifecycle stage, for which no table has a place, also as
``lifecyclestage_history`` for ``attributes``.
"""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from ingest.sources.gathering import storable
from ingest.sources.json_values import as_object, as_objects, as_text

HISTORY = "$history"
HISTORY_TYPE = pl.List(
    pl.Struct({"property": pl.String(), "value": pl.String(), "timestamp": pl.String()})
)

STAGES = "$stages"
STAGES_TYPE = pl.List(
    pl.Struct(
        {
            "id": pl.String(),
            "label": pl.String(),
            "order": pl.String(),
            "probability": pl.String(),
            "is_closed": pl.String(),
            "is_archived": pl.String(),
        }
    )
)

PEOPLE = "$people"
PEOPLE_TYPE = pl.List(pl.Struct({"id": pl.String(), "label": pl.String()}))

OPT_OUTS = "$opt_outs"
OPT_OUTS_TYPE = pl.List(pl.Struct({"property": pl.String(), "value": pl.String()}))

SUBSCRIPTIONS = "$subscriptions"
SUBSCRIPTIONS_TYPE = pl.List(pl.Struct({"id": pl.String(), "status": pl.String()}))

STATUSES = "$statuses"
STATUS_FIELDS = (
    "subscriptionId", "subscriptionName", "channel", "status", "timestamp", "source", "legalBasis",
)  # fmt: skip
STATUSES_TYPE = pl.List(pl.Struct(dict.fromkeys(("subscriber", *STATUS_FIELDS), pl.String())))

MEMBERSHIPS = "$memberships"
MEMBERSHIPS_TYPE = pl.List(pl.Struct({"list": pl.String(), "at": pl.String()}))

PRIMARY = "Primary"
"""The label that HubSpot itself gives."""

_ADDRESSES = {"from": "hs_email_from_email", "to": "hs_email_to_email", "cc": "hs_email_cc_email"}
_APART = (
    "properties", "propertiesWithHistory", "associations", "stages", "recordListMemberships",
    "sentBy", "obsoletedBy", "subscriptions", "statuses",
)  # fmt: skip


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an object of the CRM API, or of a pipeline, owner, list or event."""
    # names that begin with $ are the engine's own
    fields = {name.lstrip("$"): value for name, value in record.items() if name not in _APART}
    properties = as_object(record.get("properties"))
    fields |= {n.lstrip("$"): value for n, value in properties.items() if value not in (None, "")}
    opt_outs = [n for n in fields if n.startswith("hs_email_optout_")]
    if opt_outs:
        said = ((n, as_text(fields[n])) for n in opt_outs)
        fields[OPT_OUTS] = [
            {"property": storable(n), "value": storable(v)} for n, v in said if v is not None
        ]
    if isinstance(record.get("properties"), dict):
        fields.setdefault("hs_object_id", record.get("id"))
        fields.pop("id", None)
    history = _history(as_object(record.get("propertiesWithHistory")))
    if history:
        fields[HISTORY] = history
        stages = [each for each in history if each["property"] == "lifecyclestage"]
        fields["lifecyclestage_history"] = [
            {"value": each["value"], "timestamp": each["timestamp"]} for each in stages
        ]
    for name, labels in _associated(as_object(record.get("associations"))).items():
        fields[f"associations.{name}"] = ";".join(labels)
        if name == "contacts":
            fields[PEOPLE] = [{"id": one, "label": label} for one, label in labels.items()]
    if is_association(record):
        fields["from_id"] = as_text(as_object(record.get("from")).get("id"))
        people = _associated({"to": {"results": record.get("to")}}).get("to", {})
        fields[PEOPLE] = [{"id": one, "label": label} for one, label in people.items()]
    if isinstance(record.get("stages"), list):
        fields[STAGES] = [_stage(stage) for stage in as_objects(record["stages"])]
        fields["is_of_tickets"] = _is_of_tickets(as_objects(record["stages"]))
    if "recordId" in record:
        fields[MEMBERSHIPS] = _memberships(record)
    if "subscriberIdString" in record:
        fields[STATUSES] = _statuses(record)
    teams = as_objects(record.get("teams"))
    teams.sort(key=lambda team: team.get("primary") is not True)
    if teams:
        fields["team"] = as_text(teams[0].get("name"))
    _add_event(fields, record)
    _add_addresses(fields)
    return fields


def is_association(record: dict[str, Any]) -> bool:
    """Say whether a record is one of the associations API: whom one record is associated with."""
    if "toObjectId" in record:
        return True
    return isinstance(record.get("from"), dict) and isinstance(record.get("to"), list)


def _memberships(record: dict[str, Any]) -> list[dict[str, str | None]]:
    """Return the lists of a record, or the one that a page of a list's members is about."""
    found = as_objects(record.get("recordListMemberships")) or [record]
    entries = [
        {
            "list": as_text(each.get("listId")),
            "at": as_text(each.get("firstAddedTimestamp") or each.get("membershipTimestamp")),
        }
        for each in found
    ]
    return [{k: v if v is None else storable(v) for k, v in entry.items()} for entry in entries]


def _statuses(record: dict[str, Any]) -> list[dict[str, str | None]]:
    """Return the statuses of one subscriber, or the one that the record itself is."""
    subscriber = as_text(record.get("subscriberIdString"))
    found = []
    for each in as_objects(record.get("statuses")) or [record]:
        said = {name: as_text(each.get(name)) for name in STATUS_FIELDS}
        entry = {"subscriber": subscriber} | said
        found.append({k: v if v is None else storable(v) for k, v in entry.items()})
    return found


def _add_event(fields: dict[str, Any], record: dict[str, Any]) -> None:
    """Take out what an e-mail event says about other events and about subscriptions."""
    for other in ("sentBy", "obsoletedBy"):
        for name, value in as_object(record.get(other)).items():
            fields[f"{other}.{name}"] = value
    told = [
        {name: as_text(each.get(name)) for name in ("id", "status")}
        for each in as_objects(record.get("subscriptions"))
    ]
    if told:
        fields[SUBSCRIPTIONS] = [
            {k: v if v is None else storable(v) for k, v in each.items()} for each in told
        ]
    is_left = any(each["status"] == "UNSUBSCRIBED" for each in told)
    state = as_text(record.get("portalSubscriptionStatus"))
    if state is None and is_left:
        state = "UNSUBSCRIBED"
    # who leaves a list is still SUBSCRIBED to all others: that is no yes
    if state is not None and not (state == "SUBSCRIBED" and is_left):
        fields["subscription_status"] = state


def _history(properties: dict[str, Any]) -> list[dict[str, str | None]]:
    found = []
    for name, changes in properties.items():
        for change in as_objects(changes):
            value, timestamp = as_text(change.get("value")), as_text(change.get("timestamp"))
            entry = {"property": name, "value": value, "timestamp": timestamp}
            found.append({k: v if v is None else storable(v) for k, v in entry.items()})
    return found


def _associated(associations: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """Return ids with their label by kind of object, those that are primary first.

    One that is associated twice has the label that it has once.
    """
    found = {}
    for name, answer in associations.items():
        results = as_objects(answer, "results")
        results.sort(key=lambda result: not _is_primary(result))
        labels: dict[str, str | None] = {}
        for result in results:
            if (one := as_text(result.get("id") or result.get("toObjectId"))) is not None:
                labels[storable(one)] = labels.get(storable(one)) or _label(result)
        if labels:
            found["_".join(name.lower().split())] = labels
    return found


def _is_primary(result: dict[str, Any]) -> bool:
    """Say so by the label of the associations API (v4), else of what v3 does not call unlabeled."""
    types = as_objects(result.get("associationTypes"))
    if types:
        return any(each.get("label") == PRIMARY for each in types)
    return not str(result.get("type", "")).endswith("_unlabeled")


def _label(result: dict[str, Any]) -> str | None:
    """Return the labels that people gave, as one text; v3 tells of none."""
    said = (as_text(each.get("label")) for each in as_objects(result.get("associationTypes")))
    labels = dict.fromkeys(each for each in said if each is not None and each != PRIMARY)
    return storable(", ".join(labels)) or None


def _is_of_tickets(stages: list[dict[str, Any]]) -> bool:
    """Say so of stages that are open or closed, but have no probability."""
    known = [name for stage in stages for name in as_object(stage.get("metadata"))]
    return "ticketState" in known and "probability" not in known


def _stage(stage: dict[str, Any]) -> dict[str, str | None]:
    metadata = as_object(stage.get("metadata"))
    said = {
        "id": stage.get("id", stage.get("stageId")),
        "label": stage.get("label"),
        "order": stage.get("displayOrder"),
        "probability": metadata.get("probability"),
        "is_closed": metadata.get("isClosed"),
        "is_archived": stage.get("archived"),
    }
    texts = {k: str(v).lower() if isinstance(v, bool) else as_text(v) for k, v in said.items()}
    return {k: v if v is None else storable(v) for k, v in texts.items()}


def _add_addresses(fields: dict[str, Any]) -> None:
    """Take sender and recipients from the headers of an e-mail, where properties lack them."""
    text = fields.get("hs_email_headers")
    if not isinstance(text, str):
        return
    try:
        headers = as_object(json.loads(text))
    except (ValueError, RecursionError):
        return
    for header, name in _ADDRESSES.items():
        said = headers.get(header)
        people = as_objects([said] if isinstance(said, dict) else said)
        addresses = [address for p in people if (address := as_text(p.get("email"))) is not None]
        if addresses:
            fields.setdefault(name, ";".join(addresses))
