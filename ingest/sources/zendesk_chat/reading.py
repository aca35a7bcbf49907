"""Zendesk Chat conversations in; messages, visitors, agents, ratings and attachments out.

Pages of the Chat API and of its incremental export (``{"chats": [...]}``), lists, one chat a
line. One record is one chat or offline message. Each entry of its history that says something
becomes an ``interaction``; the others (joined, left, transferred ...) stay in the ``attributes``
of the chat's first message, with what the chat as a whole came to.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_object, as_text
from ingest.sources.zendesk.times import moment
from ingest.sources.zendesk_chat.messages import messages_of
from ingest.sources.zendesk_chat.people import add_agents, add_visitor, visitor_ref
from ingest.sources.zendesk_chat.ratings import add_rating

OPTIONS: Options = {}

CHUNK_CHATS = 2_000


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the chats of ``path``, 2,000 at a time."""
    records = json_records(path, ("chats", "results"))
    while chunk := list(islice(records, CHUNK_CHATS)):
        gathering = Gathering("interaction")
        gathering.read = len(chunk)
        for record in chunk:
            _add(gathering, record)
        yield gathering.parsed()


def _add(gathering: Gathering, record: JsonRecord) -> None:
    if record.value is None:
        gathering.reject(record.position, record.reason_code, record.reason, record.payload)
        return
    # the bulk and search endpoints wrap a chat
    chat = record.value
    if "id" not in chat and isinstance(chat.get("chat"), dict):
        chat = chat["chat"]
    chat_id = as_text(chat.get("id"))
    if chat_id is None:
        gathering.reject(record.position, "missing_id", "chat has no id", record.payload)
        return
    started_at = moment(chat.get("timestamp"))
    if started_at is None:
        reason = f"chat {chat_id} has no readable timestamp"
        if set(chat) <= {"id", "url", "result_type"}:
            reason = f"chat {chat_id} holds its id alone; export with fields=chats(*)"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    messages = messages_of(chat_id, chat, started_at, visitor_ref(as_object(chat.get("visitor"))))
    for row, attributes in messages.rows:
        gathering.add("interaction", record.position, row, attributes)
    for row, attributes in messages.files:
        gathering.add("attachment", record.position, row, attributes)
    for entry in messages.unknown:
        reason = f"neither sender_type nor nick tells who wrote a message of chat {chat_id}"
        payload = JsonRecord(record.position, entry).payload
        gathering.reject(record.position, "unknown_sender", reason, payload)
    add_visitor(gathering, record.position, chat, started_at)
    add_agents(gathering, record.position, chat, started_at)
    add_rating(gathering, record.position, chat_id, chat, started_at)
