"""Zendesk Support JSON in; tickets, their events and messages, people, accounts, ratings out.

Pages of the API and of incremental exports (``{"tickets": [...]}``), lists, one object or one
page a line. One record is one object of a page, or one line.

``options: {agents: [ids]}`` names the users who are colleagues, for exports without ``users``:
everybody else is an end user then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord
from ingest.sources.zendesk.audits import add_audit, add_ticket_event
from ingest.sources.zendesk.comments import add_comment
from ingest.sources.zendesk.context import Context
from ingest.sources.zendesk.directory import Directory
from ingest.sources.zendesk.identities import add_identity
from ingest.sources.zendesk.messaging import add_conversation_event, refuse_side_conversation
from ingest.sources.zendesk.people import add_organization, add_user
from ingest.sources.zendesk.ratings import add_rating
from ingest.sources.zendesk.records import Item, zendesk_items
from ingest.sources.zendesk.surveys import add_survey_response
from ingest.sources.zendesk.tickets import add_ticket, refuse_deleted_ticket, refuse_metric

OPTIONS: Options = {"agents": "texts"}

CHUNK_RECORDS = 5_000

Add = Callable[[Context, dict[str, Any]], None]

_ADD: dict[str, tuple[str, Add]] = {
    "ticket": ("ticket", add_ticket),
    "comment": ("interaction", add_comment),
    "conversation_event": ("interaction", add_conversation_event),
    "side_conversation": ("interaction", refuse_side_conversation),
    "audit": ("ticket_event", add_audit),
    "ticket_event": ("ticket_event", add_ticket_event),
    "user": ("contact", add_user),
    "identity": ("identifier", add_identity),
    "organization": ("account", add_organization),
    "satisfaction_rating": ("survey_response", add_rating),
    "survey_response": ("survey_response", add_survey_response),
    "ticket_metric": ("ticket", refuse_metric),
    "deleted_ticket": ("ticket", refuse_deleted_ticket),
}


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the records of ``path``, 5,000 at a time."""
    directory = Directory(path, source)
    items = zendesk_items(path)
    page: dict[str, Any] | None = None
    while chunk := list(islice(items, CHUNK_RECORDS)):
        gathering = Gathering("ticket")
        gathering.read = len(chunk)
        for item in chunk:
            if item.page is not page:
                page = item.page
                directory.learn(page)
            _add(Context(gathering, item.record.position, directory, source.company, page), item)
        yield gathering.parsed()


def _add(context: Context, item: Item) -> None:
    record = item.record
    context.gathering.entity = "ticket"
    if record.value is None:
        context.reject(record.reason_code, record.reason, record.payload)
        return
    if not item.objects:
        context.reject("empty_page", "the page holds no record", record.payload)
    for kind, value in item.objects:
        if not isinstance(value, dict):
            context.reject("not_an_object", "record is not a JSON object", str(value)[:200])
        elif kind is None:
            payload = JsonRecord(record.position, value).payload
            reason = "neither the key of a page nor its fields tell what the object is"
            context.reject("unknown_kind", reason, payload)
        else:
            context.gathering.entity, add = _ADD[kind]
            add(context, value)
