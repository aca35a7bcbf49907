"""One Zendesk chat in; a row for each of its messages out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.json_values import as_number, as_object, as_objects, as_text
from ingest.sources.zendesk.times import moment

SPOKEN = ("chat.msg", "chat.file", "chat.attachment")
"""Entries of the history that somebody said."""

OFFLINE = "offline_msg"

WHOLE = (
    "type", "started_by", "missed", "dropped", "duration", "response_time", "count", "tags",
    "department_id", "triggered", "triggered_response", "unread", "session", "webpath",
    "engagements", "conversions", "end_timestamp", "referrer_search_terms",
    "referrer_search_engine", "proactive_chat",
)  # fmt: skip
"""What says something of a chat as a whole."""

_AUTOMATIC = ("trigger", "system", "bot")
_EMPTY: tuple[object, ...] = (None, "", [], {})


@dataclass(slots=True)
class Messages:
    """What the history of a chat comes to.

    Parameters
    ----------
    rows
        Interactions with their attributes, in order.
    files
        Attachments with theirs.
    unknown
        Entries of which nothing tells who said them.
    """

    rows: list[tuple[Row, Row]] = field(default_factory=list)
    files: list[tuple[Row, Row]] = field(default_factory=list)
    unknown: list[dict[str, Any]] = field(default_factory=list)


def messages_of(
    chat_id: str, chat: dict[str, Any], started_at: datetime, visitor: str | None
) -> Messages:
    """Return the messages of a chat, or a note of the chat itself where nobody said anything."""
    common: Row = {
        "conversation_ref": chat_id,
        "channel": "chat",
        "sub_channel": "zendesk_chat",
        "customer_ref": visitor,
        "queue": as_text(chat.get("department_name")),
        "ticket_ref": as_text(chat.get("zendesk_ticket_id")),
        # a chat that is tagged or rated later is exported again
        "recorded_at": moment(chat.get("update_timestamp")),
        "is_deleted": chat.get("deleted") is True,
    }
    found = Messages()
    history = as_objects(chat.get("history"))
    if chat.get("type") == OFFLINE:
        history = [
            {
                "type": "chat.msg",
                "sender_type": "Visitor",
                "msg": chat.get("message"),
                "msg_id": OFFLINE,
            }
        ]
    for place, entry in enumerate(history):
        if as_text(entry.get("type")) not in SPOKEN:
            continue
        side = _side(entry, visitor)
        if side is None:
            found.unknown.append(entry)
            continue
        message_id = f"{chat_id}|{as_text(entry.get('msg_id')) or place}"
        file = as_object(entry.get("attachment"))
        row = common | side | {
            "interaction_id": message_id,
            "turn_index": len(found.rows),
            "interaction_type": "message",
            "body_text": as_text(entry.get("msg")),
            "started_at": moment(entry.get("timestamp")) or started_at,
            "attachment_count": int(bool(file)),
        }  # fmt: skip
        found.rows.append((row, {"name": as_text(entry.get("name"))}))
        if file:
            found.files.append(_file(message_id, file))
    if not found.rows and not found.unknown:
        found.rows.append((common | _silent(chat_id, chat, started_at, visitor), {}))
    if found.rows:
        _tell_the_rest(found.rows[0], chat, history)
    return found


def _tell_the_rest(
    first: tuple[Row, Row], chat: dict[str, Any], history: list[dict[str, Any]]
) -> None:
    """Keep with the first message what the chat as a whole came to."""
    row, attributes = first
    if chat.get("missed") is True:
        row |= {"outcome": "no_answer", "disposition": "missed"}
    elif chat.get("type") == OFFLINE:
        row["disposition"] = OFFLINE
    whole = {name: chat.get(name) for name in WHOLE}
    attributes["chat"] = {name: value for name, value in whole.items() if value not in _EMPTY}
    attributes["events"] = [
        {name: value for name, value in entry.items() if name not in ("channel", "nick")}
        for entry in history
        if as_text(entry.get("type")) not in SPOKEN
    ]


def _silent(chat_id: str, chat: dict[str, Any], started_at: datetime, visitor: str | None) -> Row:
    by_visitor = as_text(chat.get("started_by")) in (None, "visitor")
    row = _from_visitor(visitor) if by_visitor else {"direction": "outbound", "is_automated": True}
    lasted = as_number(chat.get("duration"))
    return row | {
        "interaction_id": f"{chat_id}|chat",
        "interaction_type": "note",
        "started_at": started_at,
        "ended_at": moment(chat.get("end_timestamp")),
        "duration_s": lasted if lasted is not None and lasted >= 0 else None,
        "disposition": "no_message",
    }


def _from_visitor(visitor: str | None) -> Row:
    return {"direction": "inbound", "from_ref": visitor, "is_automated": False}


def _side(entry: dict[str, Any], visitor: str | None) -> Row | None:
    """Return who spoke: ``sender_type`` says it, in older exports the prefix of ``nick``."""
    nick = (as_text(entry.get("nick")) or "").lower()
    sender = (as_text(entry.get("sender_type")) or nick.partition(":")[0]).lower()
    if sender == "visitor":
        return _from_visitor(visitor)
    if sender not in ("agent", *_AUTOMATIC):
        return None
    is_human = sender == "agent" and nick.partition(":")[2] not in _AUTOMATIC
    agent_id = as_text(entry.get("agent_id"))
    if agent_id is None and nick.startswith("agent:"):
        agent_id = nick.removeprefix("agent:")
    return {
        "direction": "outbound",
        "to_refs": [visitor] if visitor else [],
        "agent_ref": agent_id if is_human else None,
        "is_automated": not is_human,
    }


def _file(message_id: str, file: dict[str, Any]) -> tuple[Row, Row]:
    size = as_number(file.get("size"))
    row: Row = {
        "attachment_id": f"{message_id}|file",
        "interaction_ref": message_id,
        "file_name": as_text(file.get("name")),
        "mime_type": as_text(file.get("mime_type")),
        "size_bytes": int(size) if size is not None and size >= 0 else None,
    }
    return row, {"url": as_text(file.get("url"))}
