"""A Zendesk ticket in; the ``ticket`` row, and rows of the comments embedded in it, out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.json_values import as_number, as_object, as_objects, as_text
from ingest.sources.zendesk.comments import add_comment
from ingest.sources.zendesk.context import Context, others
from ingest.sources.zendesk.times import moment

DELETED = "deleted"

_MOST_MINUTES = 60 * 24 * 366 * 100
"""A wait of a century is a mistake."""

_USED = {
    "id", "assignee_id", "organization_id", "type", "priority", "status", "subject", "tags",
    "created_at", "updated_at", "due_at", "problem_id", "requester_id", "submitter_id",
    "group_id", "brand_id", "comments", "metric_set", "result_type",
    # changes with every export although the ticket does not
    "generated_timestamp",
}  # fmt: skip


def add_ticket(context: Context, ticket: dict[str, Any]) -> None:
    """Add the ticket in the version that the record shows, known since ``updated_at``."""
    ticket_id = as_text(ticket.get("id"))
    if ticket_id is None:
        context.refuse(ticket, "missing_id", "ticket has no id")
        return
    directory = context.directory
    metric = as_object(ticket.get("metric_set")) or directory.metric(ticket_id)
    status = as_text(ticket.get("status"))
    is_deleted = status == DELETED
    reopens = as_number(metric.get("reopens"))
    requester_id, submitter_id = as_text(ticket.get("requester_id")), _id(ticket, "submitter_id")
    group_name = directory.group_name(_id(ticket, "group_id"))
    brand = directory.brand_name(_id(ticket, "brand_id"))
    requester_ref = directory.person_ref(requester_id)
    submitter_ref = directory.person_ref(submitter_id)
    tags = ticket.get("tags")
    row: Row = {
        "ticket_id": ticket_id,
        "requester_ref": requester_ref,
        "submitter_ref": submitter_ref,
        "assignee_ref": _id(ticket, "assignee_id"),
        "group_name": group_name,
        "organization_ref": _id(ticket, "organization_id"),
        "brand": brand,
        "via_channel": via_channel(ticket),
        "type": as_text(ticket.get("type")),
        "priority": as_text(ticket.get("priority")),
        # a deleted ticket has lost its status; nobody will work on it any more
        "status": "closed" if is_deleted else status,
        "subject": as_text(ticket.get("subject")),
        "tags": [text for tag in tags if (text := as_text(tag))] if isinstance(tags, list) else [],
        "created_at": moment(ticket.get("created_at")),
        "due_at": moment(ticket.get("due_at")),
        "solved_at": moment(metric.get("solved_at")),
        "first_replied_at": _first_replied_at(ticket, metric),
        "problem_ref": _id(ticket, "problem_id"),
        "satisfaction_score": _score(ticket),
        "reopened_count": int(reopens) if reopens is not None and reopens >= 0 else None,
        "recorded_at": moment(ticket.get("updated_at")) or moment(ticket.get("created_at")),
        "is_deleted": is_deleted,
    }
    attributes = others(ticket, _USED) | {
        "status": status if is_deleted else None,
        "requester_id": requester_id if requester_ref != f"contact:{requester_id}" else None,
        "submitter_id": submitter_id if submitter_ref != f"contact:{submitter_id}" else None,
        "group_id": _id(ticket, "group_id") if group_name is None else None,
        "brand_id": _id(ticket, "brand_id") if brand is None else None,
        "custom_status": directory.status_label(_id(ticket, "custom_status_id")),
        "metric_set": others(metric, {"id", "ticket_id"}),
    }
    context.add("ticket", row, attributes)
    for comment in as_objects(ticket.get("comments")):
        add_comment(context, comment, ticket)


def via_channel(value: dict[str, Any]) -> str | None:
    """Return the channel of an object's ``via``, which old exports give as a text alone."""
    via = value.get("via")
    return as_text(via.get("channel")) if isinstance(via, dict) else as_text(via)


def refuse_metric(context: Context, metric: dict[str, Any]) -> None:
    """Reject metrics without their ticket."""
    reason = (
        f"metrics of ticket {as_text(metric.get('ticket_id'))} without the ticket; export tickets "
        "with include=metric_sets, the metrics are kept with them"
    )
    context.refuse(metric, "metric_without_ticket", reason)


def refuse_deleted_ticket(context: Context, ticket: dict[str, Any]) -> None:
    """Reject an entry of the list of deleted tickets, which says neither status nor date."""
    reason = (
        f"the list of deleted tickets does not say when {as_text(ticket.get('id'))} was created; "
        "the incremental export of tickets has it with status deleted"
    )
    context.refuse(ticket, "deleted_without_dates", reason)


def _id(value: dict[str, Any], name: str) -> str | None:
    return as_text(value.get(name))


def _first_replied_at(ticket: dict[str, Any], metric: dict[str, Any]) -> datetime | None:
    """Return the creation and the minutes that Zendesk counts from it."""
    created_at = moment(ticket.get("created_at"))
    minutes = as_number(as_object(metric.get("reply_time_in_minutes")).get("calendar"))
    if created_at is None or minutes is None or not 0 <= minutes <= _MOST_MINUTES:
        return None
    return created_at + timedelta(minutes=minutes)


def _score(ticket: dict[str, Any]) -> str | None:
    rating = ticket.get("satisfaction_rating")
    return as_text(as_object(rating).get("score")) or as_text(rating)
