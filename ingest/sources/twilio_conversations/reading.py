"""Answers of Twilio's Conversations API in; messages, media, contacts and agents out.

A file holds pages (``{"messages": [...]}``), several such lists in one object, a list, or one
object a line. Participants tell whom a message of ours went to if they are among the same
20,000 records of one file. A conversation itself becomes a note: when it began, and its state.

``options: {agents: ["agent-*"]}``: see ``twilio_conversations_people``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering, Row
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_text
from ingest.sources.twilio.times import moment
from ingest.sources.twilio_conversations.messages import add_message, side_reason
from ingest.sources.twilio_conversations.people import People, contact_row, people_of
from ingest.sources.twilio_conversations.records import conversation_records, kind_of, name_of

OPTIONS: Options = {"agents": "texts"}

CHUNK_RECORDS = 20_000

_CONVERSATION = ("unique_name", "attributes", "messaging_service_sid", "chat_service_sid",
                 "timers", "bindings")  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the objects of ``path``, 20,000 at a time."""
    records = conversation_records(path)
    while chunk := list(islice(records, CHUNK_RECORDS)):
        people = people_of(source)
        values = (record.value for record in chunk)
        people.learn(one for one in values if one is not None and kind_of(one) == "participant")
        gathering = Gathering("interaction")
        gathering.read = len(chunk)
        for record in chunk:
            _add(gathering, record, people)
        yield gathering.parsed()


def _add(gathering: Gathering, record: JsonRecord, people: People) -> None:
    if record.value is None:
        gathering.reject(record.position, record.reason_code, record.reason, record.payload)
        return
    kind = kind_of(record.value)
    if kind == "message":
        add_message(gathering, record, people)
    elif kind == "participant":
        _add_participant(gathering, record, people)
    elif kind == "conversation":
        _add_conversation(gathering, record, people)
    else:
        reason = f"{name_of(record.value)} is no conversation, participant or message"
        gathering.reject(record.position, "not_a_conversation", reason, record.payload)


def _add_conversation(gathering: Gathering, record: JsonRecord, people: People) -> None:
    conversation = record.value or {}
    sid, began_at = as_text(conversation.get("sid")), moment(conversation.get("date_created"))
    if began_at is None:
        reason = f"conversation {sid} has no readable date_created"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    customer = people.customer_of(sid)
    row: Row = {
        "interaction_id": sid,
        "conversation_ref": sid,
        "channel": "chat",
        "sub_channel": "twilio_conversations",
        "direction": "internal",
        "interaction_type": "note",
        "subject": as_text(conversation.get("friendly_name")),
        "customer_ref": customer.ref if customer is not None else None,
        "started_at": began_at,
        "disposition": as_text(conversation.get("state")),
        "is_automated": True,
        "recorded_at": moment(conversation.get("date_updated")),
    }
    kept = {name: conversation.get(name) for name in _CONVERSATION}
    gathering.add("interaction", record.position, row, kept)


def _add_participant(gathering: Gathering, record: JsonRecord, people: People) -> None:
    participant = record.value or {}
    party = people.participant(participant)
    if party is None or party.side == "system":
        reason = "participant has neither an identity nor an address"
        gathering.reject(record.position, "missing_id", reason, record.payload)
        return
    if party.side is None:
        gathering.reject(record.position, "unknown_side", side_reason(party.name), record.payload)
        return
    # a participant changes with every message read; who it is does not
    recorded_at = moment(participant.get("date_created"))
    attributes = {"attributes": as_text(participant.get("attributes"))}
    if party.side == "agent":
        row: Row = {"agent_id": party.name, "recorded_at": recorded_at}
        gathering.add("agent", record.position, row, attributes)
    else:
        row = contact_row(party, participant) | {"recorded_at": recorded_at}
        gathering.add("contact", record.position, row, attributes)
