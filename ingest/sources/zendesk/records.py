"""A file of Zendesk Support JSON in; its objects, each with its kind and its page, out.

The kind follows from the key of the page that holds the object (``{"audits": [...]}``); where
there is none, in a bare list or one object a line, from fields that only that kind has. An
object with an ``id`` is a record, never a page, whatever lists it embeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_object, as_objects, as_text

Page = dict[str, Any]

LISTS = {
    "tickets": "ticket",
    "comments": "comment",
    "audits": "audit",
    "ticket_events": "ticket_event",
    "users": "user",
    "organizations": "organization",
    "satisfaction_ratings": "satisfaction_rating",
    "survey_responses": "survey_response",
    "ticket_metrics": "ticket_metric",
    "metric_sets": "ticket_metric",
    "deleted_tickets": "deleted_ticket",
    "deleted_users": "user",
    "side_conversations": "side_conversation",
    "side_conversation_events": "side_conversation",
    "identities": "identity",
    "events": None,
    "results": None,
}
"""Keys of pages that hold records, and the kind of these; ``results`` (search) mixes kinds, and
``events`` may be those of any conversation."""

SINGLES = (
    "ticket", "comment", "audit", "user", "organization", "satisfaction_rating", "survey_response",
    "ticket_metric", "identity",
)  # fmt: skip

NAMES = ("groups", "brands", "custom_statuses")
"""Lists that only lend their names to other records."""


@dataclass(frozen=True, slots=True)
class Item:
    """One native record: mostly one object, a whole page where pages stand one a line.

    Parameters
    ----------
    record
        Place in the file; the value is None where it cannot be used.
    objects
        Kind (None where no field tells it) and object.
    page
        The page the objects came with.
    """

    record: JsonRecord
    objects: tuple[tuple[str | None, Any], ...] = ()
    page: Page = field(default_factory=dict)


def zendesk_items(path: Path) -> Iterator[Item]:
    """Yield the records of ``path``; ``UnreadableFile`` where nothing can be read."""
    try:
        records = json_records(path)
        first = list(islice(records, 2))
    except UnreadableFile:
        # a page that is cut off: its list is read up to the damage
        records = json_records(path, (*LISTS, *NAMES))
        first = list(islice(records, 2))
    page = first[0].value if len(first) == 1 else None
    if page is not None and is_page(page):
        for position, (kind, value) in enumerate(objects_of(page), start=1):
            yield _element(position, kind, value, page)
        return
    for record in chain(first, records):
        value = record.value
        if value is None:
            yield Item(record)
        elif is_page(value):
            yield Item(record, tuple(objects_of(value)), value)
        else:
            yield Item(record, ((kind_of(value), value),))


def _element(position: int, kind: str | None, value: Any, page: Page) -> Item:
    if isinstance(value, dict):
        return Item(JsonRecord(position, value), ((kind, value),), page)
    reason = "record is not a JSON object"
    return Item(JsonRecord(position, None, str(value)[:200], "not_an_object", reason))


def is_page(value: dict[str, Any]) -> bool:
    """Return whether the object is an answer of the API that holds records."""
    if "id" in value:
        return False
    if any(isinstance(value.get(key), list) for key in (*LISTS, *NAMES)):
        return True
    return any(isinstance(value.get(key), dict) for key in SINGLES)


def objects_of(page: Page) -> Iterator[tuple[str | None, Any]]:
    """Yield the records of a page with their kinds, in its order.

    What is told with the ticket or user of the same page is no record of its own.
    """
    has_tickets = "tickets" in page or "ticket" in page
    users = {as_text(user.get("id")) for user in as_objects(page.get("users"))} - {None}
    for key, value in page.items():
        kind = LISTS.get(key)
        if kind == "ticket_metric" and has_tickets:
            continue
        if key in LISTS and isinstance(value, list):
            for one in value:
                if kind == "identity" and as_text(as_object(one).get("user_id")) in users:
                    continue
                yield kind or kind_of(as_object(one)), one
        elif key in SINGLES and isinstance(value, dict):
            yield key, value


def kind_of(value: dict[str, Any]) -> str | None:
    """Return the kind of an object by its fields; None where they do not tell."""
    if value.get("result_type") in ("ticket", "user", "organization"):
        return str(value["result_type"])
    fields = value.keys()
    for kind, telling in _TELLING:
        if telling <= fields:
            return kind
    return None


_TELLING: tuple[tuple[str, set[str]], ...] = (
    ("conversation_event", {"author", "content", "reference"}),
    ("side_conversation", {"side_conversation_id", "actor"}),
    ("side_conversation", {"participants", "state_updated_at"}),
    ("audit", {"events", "ticket_id"}),
    ("ticket_event", {"child_events", "ticket_id"}),
    ("satisfaction_rating", {"score", "ticket_id"}),
    ("survey_response", {"answers", "responder_id"}),
    ("ticket_metric", {"reply_time_in_minutes"}),
    ("deleted_ticket", {"deleted_at", "previous_state"}),
    ("comment", {"author_id", "body"}),
    ("comment", {"author_id", "html_body"}),
    ("ticket", {"requester_id", "status"}),
    ("user", {"role", "name"}),
    ("identity", {"user_id", "type", "value"}),
    ("organization", {"domain_names"}),
)
