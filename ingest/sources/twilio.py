"""Answers of Twilio's Calls and Recordings API in, phone interactions and recordings out.

A file holds one object, a page (``{"calls": [...]}``), a list, or one object a line. A leg that
Twilio dialled for a call (``parent_call_sid``) is part of that call if both are among the same
20,000 records of one file: its talk time and cost are added there, and its own position repeats
the call's row, which the loader counts as a duplicate. Any other leg stays on its own, in the
call's conversation. Recordings become ``attachment`` rows of their call. Other objects of the
API (notifications, transcriptions, participants ...) are rejected as ``not_a_call``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_text
from ingest.sources.twilio_calls import add_call
from ingest.sources.twilio_objects import add_recording, is_call, is_recording, kind_of

OPTIONS: tuple[str, ...] = ()

CHUNK_RECORDS = 20_000

LISTS = (
    "calls", "recordings", "notifications", "transcriptions", "participants", "conferences",
    "events", "payloads", "contents", "add_on_results",
)  # fmt: skip
"""Keys under which the pages of the API hold their records."""


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the calls and recordings of ``path``."""
    records = json_records(path, LISTS)
    while chunk := list(islice(records, CHUNK_RECORDS)):
        yield _parsed(chunk)


def _parsed(records: list[JsonRecord]) -> Parsed:
    gathering = Gathering("interaction")
    gathering.read = len(records)
    calls: dict[str, dict[str, Any]] = {}
    for record in records:
        if record.value is not None and is_call(record.value):
            calls.setdefault(str(record.value["sid"]), record.value)
    legs: dict[str, list[dict[str, Any]]] = {}
    for sid, call in calls.items():
        if (root := _root(sid, calls)) != sid:
            legs.setdefault(root, []).append(call)
    for record in records:
        if record.value is None:
            gathering.reject(record.position, record.reason_code, record.reason, record.payload)
        elif is_call(record.value):
            sid = str(record.value["sid"])
            root = _root(sid, calls)
            call = record.value if root == sid else calls[root]
            add_call(gathering, record, call, legs.get(root, []))
        elif is_recording(record.value):
            add_recording(gathering, record)
        else:
            reason = f"{kind_of(record.value)} is no call"
            gathering.reject(record.position, "not_a_call", reason, record.payload)
    return gathering.parsed()


def _root(sid: str, calls: dict[str, dict[str, Any]]) -> str:
    """Return the call that ``sid`` is a leg of, or ``sid``; a circle of legs has no root."""
    visited = [sid]
    while True:
        parent = as_text(calls[visited[-1]].get("parent_call_sid"))
        if parent is None or parent not in calls:
            return visited[-1]
        if parent in visited:
            return sid
        visited.append(parent)
