"""A file of the Twilio Conversations API in; its objects with their kinds out.

Every object says what it is by the first letters of its ``sid``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_text

LISTS = ("conversations", "participants", "messages", "delivery_receipts", "users")

KINDS = {"CH": "conversation", "MB": "participant", "IM": "message"}

_OTHERS = {"DY": "a delivery receipt", "US": "a user", "WH": "a webhook", "IS": "a service"}


def conversation_records(path: Path) -> Iterator[JsonRecord]:
    """Yield the objects of ``path``: of a page, of all lists of a dump, or one a line."""
    try:
        records = json_records(path)
        first = list(islice(records, 2))
    except UnreadableFile:
        # a page that is cut off: its list is read up to the damage
        yield from json_records(path, LISTS)
        return
    page = first[0].value if len(first) == 1 else None
    if page is None or "sid" in page or not any(isinstance(page.get(key), list) for key in LISTS):
        yield from chain(first, records)
        return
    values = (one for key in LISTS if isinstance(page.get(key), list) for one in page[key])
    for position, value in enumerate(values, start=1):
        if isinstance(value, dict):
            yield JsonRecord(position, value)
        else:
            reason = "record is not a JSON object"
            yield JsonRecord(position, None, str(value)[:200], "not_an_object", reason)


def kind_of(value: dict[str, Any]) -> str | None:
    """Return conversation, participant or message; None for what is none of them."""
    return KINDS.get((as_text(value.get("sid")) or "")[:2])


def name_of(value: dict[str, Any]) -> str:
    """Name what is none of them."""
    sid = as_text(value.get("sid"))
    if sid is None:
        return "an object without sid"
    return f"{_OTHERS.get(sid[:2], 'another object of Twilio')} ({sid[:40]})"
