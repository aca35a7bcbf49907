"""An audit of a Zendesk ticket in; ticket events, and interactions of its comments, out.

The incremental export of ticket events says the same in another form and is brought into this
one first.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.json_values import as_object, as_objects, as_text
from ingest.sources.zendesk.comments import actor, add_comment
from ingest.sources.zendesk.context import Context
from ingest.sources.zendesk.messaging import STARTED, add_history, without_messages
from ingest.sources.zendesk.times import moment
from ingest.sources.zendesk.voice import CALLS

FIELDS = {"status": "status", "priority": "priority", "assignee_id": "assignee",
          "group_id": "group"}  # fmt: skip
"""Fields whose changes are events of their own."""

TARGETS = ("first_reply_time", "next_reply_time", "agent_work_time", "requester_wait_time",
           "periodic_update_time", "pausable_update_time", "total_resolution_time")  # fmt: skip
"""Fields that hold a target of an SLA policy."""

_CHANGES = ("Create", "Change")
_NOTED = ("type", "field_name", "value", "previous_value", "public")


def add_audit(context: Context, audit: dict[str, Any]) -> None:
    """Add the events of one update of a ticket."""
    audit_id, ticket_id = as_text(audit.get("id")), as_text(audit.get("ticket_id"))
    if audit_id is None or ticket_id is None:
        context.refuse(audit, "missing_id", "audit does not say its id or its ticket")
        return
    at = moment(audit.get("created_at"))
    if at is None:
        context.refuse(audit, "missing_date", f"audit {audit_id} has no readable created_at")
        return
    author_id = as_text(audit.get("author_id"))
    common: Row = {
        "ticket_ref": ticket_id,
        "event_at": at,
        **actor(context, author_id, context.directory.role(author_id)),
    }
    events = as_objects(audit.get("events"))
    rows = _rows(context, audit_id, audit, events)
    is_said = False
    for event in events:
        if as_text(event.get("type")) in ("Comment", *CALLS):
            is_said = True
            add_comment(context, _comment(audit, event, at), _ticket(ticket_id, events))
        if as_text(event.get("type")) == STARTED:
            add_history(context, audit, event, _ticket(ticket_id, events))
    noted = [
        {name: event.get(name) for name in _NOTED if event.get(name) is not None}
        for event in map(without_messages, events)
        if _kind(event) is None and as_text(event.get("type")) not in ("Comment", *CALLS)
    ]
    if not rows and not is_said:
        rows = [{"ticket_event_id": f"{audit_id}|note", "event_type": "note", "is_public": False}]
    for place, row in enumerate(rows):
        kept = {"audit_id": audit_id, "via": audit.get("via")}
        kept |= {"events": noted, "metadata": audit.get("metadata")} if place == 0 else {}
        context.add("ticket_event", {**common, **row}, kept)


def add_ticket_event(context: Context, event: dict[str, Any]) -> None:
    """Add an update of a ticket as the incremental export of ticket events gives it."""
    if "child_events" not in event:
        reason = "the event has no child_events; it is none of the export of ticket events"
        context.refuse(event, "no_child_events", reason)
        return
    children = as_objects(event["child_events"])
    add_audit(context, {
        "id": event.get("id"),
        "ticket_id": event.get("ticket_id"),
        "created_at": event.get("created_at") or event.get("timestamp"),
        "author_id": event.get("updater_id"),
        "via": _via(event.get("via"), children),
        "events": [one for child in children for one in _events(child)],
    })  # fmt: skip


def _via(via: Any, children: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how an update came about; that it was a merge only its comment says in full."""
    said = (as_object(child.get("via")) for child in children)
    merge = next((one for one in said if as_object(one.get("source")).get("rel") == "merge"), None)
    return merge or (via if isinstance(via, dict) else {"channel": via})


def _events(child: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a child event in the form of an audit's; one child may hold several fields."""
    kind, child_id = as_text(child.get("event_type")), as_text(child.get("id"))
    if kind not in _CHANGES:
        return [{**child, "type": kind}]
    named = [name for name in FIELDS if name in child]
    events: list[dict[str, Any]] = [
        {
            "id": child_id if len(named) == 1 else f"{child_id}|{name}",
            "type": kind,
            "field_name": name,
            "value": child[name],
            "previous_value": child.get("previous_value") if len(named) == 1 else None,
        }
        for name in named
    ]
    own = {"id", "via", "via_reference_id", "event_type", "previous_value", *FIELDS}
    rest = {name: value for name, value in child.items() if name not in own}
    return events + [
        {"type": kind, "field_name": name, "value": value} for name, value in rest.items()
    ]


def _kind(event: dict[str, Any]) -> str | None:
    """Return the type of ticket event, None for what has none."""
    type_, name = as_text(event.get("type")), as_text(event.get("field_name")) or ""
    if type_ in _CHANGES:
        return "sla_applied" if name in TARGETS else FIELDS.get(name)
    return None


def _rows(
    context: Context, audit_id: str, audit: dict[str, Any], events: list[dict[str, Any]]
) -> list[Row]:
    rows: list[Row] = []
    if any(as_text(event.get("type")) == "Create" for event in events):
        rows.append({"ticket_event_id": f"{audit_id}|created", "event_type": "created",
                     "is_public": True})  # fmt: skip
    source = as_object(as_object(audit.get("via")).get("source"))
    if as_text(source.get("rel")) == "merge":
        rows.append({"ticket_event_id": f"{audit_id}|merged", "event_type": "merged",
                     "value": _merged(as_object(source.get("from"))),
                     "is_public": False})  # fmt: skip
    for place, event in enumerate(events):
        if as_text(event.get("type")) == "CommentRedactionEvent":
            rows.append({"ticket_event_id": as_text(event.get("id")) or f"{audit_id}|{place}",
                         "event_type": "redacted", "value": as_text(event.get("comment_id")),
                         "is_public": False})  # fmt: skip
        if (kind := _kind(event)) is None:
            continue
        rows.append({
            "ticket_event_id": as_text(event.get("id")) or f"{audit_id}|{place}",
            "event_type": kind,
            "value": _value(context, kind, event, "value"),
            "previous_value": _value(context, kind, event, "previous_value"),
            "is_public": False,
        })  # fmt: skip
    return rows


def _value(context: Context, kind: str, event: dict[str, Any], name: str) -> str | None:
    value = event.get(name)
    if kind == "sla_applied":
        metric = as_text(event.get("field_name"))
        return None if value is None else f"{metric}: {json.dumps(value, sort_keys=True)}"
    text = as_text(value)
    return (context.directory.group_name(text) or text) if kind == "group" else text


def _merged(source: dict[str, Any]) -> str | None:
    ids = source.get("ticket_ids")
    listed = ids if isinstance(ids, list) else [source.get("ticket_id")]
    return ", ".join(text for one in listed if (text := as_text(one))) or None


def _ticket(ticket_id: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the audit says of its ticket; the first one has all of its fields."""
    ticket: dict[str, Any] = {"id": ticket_id}
    for event in events:
        if as_text(event.get("type")) in _CHANGES:
            ticket[str(event.get("field_name"))] = event.get("value")
    return {name: ticket.get(name) for name in ("id", "requester_id", "subject", "group_id")}


def _comment(audit: dict[str, Any], event: dict[str, Any], at: datetime) -> dict[str, Any]:
    comment = {
        "author_id": audit.get("author_id"),
        "created_at": at.isoformat(),
        "via": audit.get("via"),
        "audit_id": audit.get("id"),
        **{name: value for name, value in event.items() if value is not None},
        "ticket_id": audit.get("ticket_id"),
    }
    if "comment_public" in event:
        comment["public"] = event["comment_public"]
    return comment
