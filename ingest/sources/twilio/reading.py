"""Answers of Twilio's Calls, Recordings and Messages API in; interactions and recordings out.

A file holds one object, a page (``{"calls": [...]}``), a list, or one object a line. A leg that
Twilio dialled for a call (``parent_call_sid``) is part of that call if both are among the same
20,000 records of one file, or of a received file and those before it: its answer gives agent, talk
and wait, and its own row says that it was merged into the call, in case that another file told of
it alone. Any other leg stays on its own, in the call's conversation. Recordings become
``attachment`` rows of their call, and so do transcriptions whose recording is in the file; the
call beside them gets ``recording_url`` and ``body_text``. Messages (SMS, MMS, WhatsApp) are
interactions; one to stop with is a refusal, too. Other objects of the API (notifications,
participants ...) are rejected as ``not_a_call``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_text
from ingest.sources.twilio.calls import Family, add_call, add_leg
from ingest.sources.twilio.earlier import earlier_objects
from ingest.sources.twilio.messages import add_message, is_message
from ingest.sources.twilio.objects import (
    add_recording,
    add_transcription,
    is_call,
    is_recording,
    is_refusal,
    is_transcription,
    kind_of,
)
from ingest.sources.twilio.refusals import add_refusal
from ingest.sources.twilio.sides import medium_of, phone
from ingest.sources.twilio.times import moment

OPTIONS: Options = {"agents": "mapping"}

CHUNK_RECORDS = 20_000

LISTS = (
    "calls", "recordings", "notifications", "transcriptions", "participants", "conferences",
    "events", "payloads", "contents", "add_on_results", "messages",
)  # fmt: skip
"""Keys under which the pages of the API hold their records."""


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the calls and recordings of ``path``."""
    agents = {str(k): str(v) for k, v in (source.options.get("agents") or {}).items()}
    earlier = earlier_objects(path) if source.is_received else []
    records = json_records(path, LISTS)
    while chunk := list(islice(records, CHUNK_RECORDS)):
        yield _parsed(chunk, earlier, agents)


def _parsed(
    records: list[JsonRecord], earlier: list[dict[str, Any]], agents: Mapping[str, str]
) -> Parsed:
    gathering = Gathering("interaction")
    gathering.read = len(records)
    own = [record.value for record in records if record.value is not None]
    values = [*earlier, *own]
    here = {str(value["sid"]) for value in own if is_call(value)}
    calls = _newest([value for value in values if is_call(value)])
    recordings = _newest([value for value in values if is_recording(value)])
    transcriptions = _newest([value for value in values if is_transcription(value)])
    families = _families(calls, recordings, transcriptions)
    texts: dict[str, list[dict[str, Any]]] = {}
    for one in transcriptions.values():
        texts.setdefault(str(one["recording_sid"]), []).append(one)
    for record in records:
        value = record.value
        if value is None:
            gathering.reject(record.position, record.reason_code, record.reason, record.payload)
        elif is_call(value):
            sid = str(value["sid"])
            root = _root(sid, calls)
            family = families.get(root, Family())
            if root == sid and value is not calls[sid]:
                # an older version of it, of before what the others tell
                add_call(gathering, record, value, Family(), agents)
                continue
            if root != sid:
                add_leg(gathering, record, value, calls[root], family)
            if root == sid or root not in here:
                add_call(gathering, record, calls[root], family, agents)
                for leg in family.legs:
                    if str(leg["sid"]) not in here:
                        add_leg(gathering, record, leg, calls[root], family)
        elif is_recording(value):
            root = _root(str(value["call_sid"]), calls)
            add_recording(gathering, record, root, texts.get(str(value["sid"]), []))
        elif is_transcription(value) and (call_sid := _told_in(value, recordings)) is not None:
            add_transcription(gathering, record, _root(call_sid, calls))
        elif is_message(value):
            add_message(gathering, record)
        elif is_refusal(value):
            _add_refusal(gathering, record, value)
        else:
            missing = ", which is not in the file" if is_transcription(value) else " is no call"
            gathering.reject(
                record.position, "not_a_call", kind_of(value) + missing, record.payload
            )
    return gathering.parsed()


def _told_in(transcription: dict[str, Any], recordings: dict[str, dict[str, Any]]) -> str | None:
    """Return the call that was transcribed: of its recording, or as a callback names it."""
    recording = recordings.get(str(transcription["recording_sid"]), transcription)
    return as_text(recording.get("call_sid"))


def _add_refusal(gathering: Gathering, record: JsonRecord, message: dict[str, Any]) -> None:
    sender, said_at = phone(message.get("from")), moment(message.get("date_created"))
    if sender is None or said_at is None:
        reason = "the message that refuses more has no number or no readable date_created"
        gathering.reject(record.position, "missing_sender", reason, record.payload)
        return
    channel = medium_of(message.get("from"))
    add_refusal(gathering, record.position, str(message["sid"]), sender, channel, said_at)


def _newest(values: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the objects by sid; of several answers about one the last by ``date_updated``.

    Of two of the same second the later one counts.
    """
    newest: dict[str, dict[str, Any]] = {}
    for value in values:
        sid = str(value["sid"])
        if sid not in newest or _updated(value) >= _updated(newest[sid]):
            newest[sid] = value
    return newest


def _updated(value: dict[str, Any]) -> str:
    at = moment(value.get("date_updated"))
    return "" if at is None else at.isoformat(timespec="microseconds")


def _families(
    calls: dict[str, dict[str, Any]],
    recordings: dict[str, dict[str, Any]],
    transcriptions: dict[str, dict[str, Any]],
) -> dict[str, Family]:
    families: dict[str, Family] = {}
    for sid, call in calls.items():
        if (root := _root(sid, calls)) != sid:
            families.setdefault(root, Family()).legs.append(call)
    root_of: dict[str, str] = {}
    for sid, recording in recordings.items():
        root = root_of[sid] = _root(str(recording["call_sid"]), calls)
        families.setdefault(root, Family()).recordings.append(recording)
    for one in transcriptions.values():
        if (recording_sid := str(one["recording_sid"])) in root_of:
            families[root_of[recording_sid]].transcriptions.append(one)
    return families


def _root(sid: str, calls: dict[str, dict[str, Any]]) -> str:
    """Return the call that ``sid`` is a leg of, or ``sid``; a circle of legs has no root."""
    if sid not in calls:
        return sid
    visited = [sid]
    while True:
        parent = as_text(calls[visited[-1]].get("parent_call_sid"))
        if parent is None or parent not in calls:
            return visited[-1]
        if parent in visited:
            return sid
        visited.append(parent)
