"""One Slack message in; an interaction and its files out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_moment, as_number, as_object, as_objects, as_text
from ingest.sources.slack.blocks import written
from ingest.sources.slack.colleagues import SLACKBOT, Colleagues, bots_workspace, email_of
from ingest.sources.slack.people import People, add_stranger
from ingest.sources.slack.text import mentioned, readable

SPOKEN = (None, "bot_message", "me_message", "thread_broadcast", "file_share", "file_comment",
          "reply_broadcast", "assistant_app_thread")  # fmt: skip
"""Subtypes that are messages of somebody; the others (joined, left, topic set ...) are kept as
notes of the system, so that no record of the export is missing."""


_TOKEN = re.compile(r"\?t=xox[^&#]*$|(?<=[?&])t=xox[^&#]*&?")
"""An export writes it into the address of each file."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where the messages of a file were written.

    Parameters
    ----------
    first_name
        Its name before it was renamed: messages are known by it.
    has_customers
        Customers read it too.
    people
        Members of the export by their id.
    """

    name: str
    first_name: str
    has_customers: bool
    people: People


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a message, and on which side they are."""

    ref: str | None
    agent_id: str | None
    is_ours: bool
    is_bot: bool


def add_message(
    gathering: Gathering, record: JsonRecord, channel: Channel, colleagues: Colleagues
) -> None:
    """Add one message with its files, or reject it if it has no time."""
    message = record.value or {}
    ts = as_text(message.get("ts"))
    sent_at = as_moment(ts)
    if ts is None or sent_at is None:
        reason = f"ts is no time: {str(message.get('ts'))[:40]!r}"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    author = _author(message, channel, colleagues)
    subtype = as_text(message.get("subtype"))
    is_spoken = subtype in SPOKEN or subtype == "tombstone"
    files = as_objects(message.get("files"))
    text = readable(written(message), channel.people)
    interaction_id = f"{channel.first_name}|{ts}"
    row = {
        "interaction_id": interaction_id,
        "conversation_ref": f"{channel.first_name}|{as_text(message.get('thread_ts')) or ts}",
        "channel": "chat",
        "sub_channel": "slack",
        "direction": _direction(author, channel, is_spoken),
        "interaction_type": "message" if is_spoken else "note",
        "body_text": text or None,
        "from_ref": author.ref,
        "customer_ref": _customer(message, author, channel, colleagues),
        "agent_ref": author.agent_id,
        "queue": channel.name,
        "started_at": sent_at,
        "disposition": subtype,
        "is_automated": author.is_bot or not is_spoken,
        "attachment_count": len(files),
        "recorded_at": as_moment(as_object(message.get("edited")).get("ts")),
        "is_deleted": subtype == "tombstone",
        "is_redacted": subtype == "tombstone" or None,
    }
    attributes = _attributes(message)
    if _written_by(message) not in channel.people:
        attributes["user_profile"] = _profile(message)
        profile = as_object(message.get("user_profile"))
        add_stranger(gathering, record.position, author.ref, profile, sent_at)
    gathering.add("interaction", record.position, row, attributes)
    for place, file in enumerate(files):
        _add_file(gathering, record.position, interaction_id, place, file)


def _written_by(message: dict[str, Any]) -> str | None:
    """Return the id of who wrote; of a comment on a file, as exports until 2018 have them, too."""
    return as_text(message.get("user")) or as_text(as_object(message.get("comment")).get("user"))


def _author(message: dict[str, Any], channel: Channel, colleagues: Colleagues) -> Author:
    user_id = _written_by(message)
    member = channel.people.get(user_id or "")
    is_bot = user_id in (None, SLACKBOT) or bool(member and member.get("is_bot") is True)
    if user_id in (None, SLACKBOT):
        is_customers = channel.has_customers and colleagues.are_elsewhere(bots_workspace(message))
        return Author(None, None, not is_customers, is_bot)
    email = email_of(member) if member else None
    ours = colleagues.has(member) if member else not channel.has_customers
    ref = f"email:{email}" if email else None if ours else f"contact:{user_id}"
    return Author(ref, user_id if ours else None, ours, is_bot)


def _direction(author: Author, channel: Channel, is_spoken: bool) -> str:
    if not is_spoken:
        return "internal"
    if not author.is_ours:
        return "inbound"
    return "outbound" if channel.has_customers else "internal"


def _customer(
    message: dict[str, Any], author: Author, channel: Channel, colleagues: Colleagues
) -> str | None:
    """Return the customer's side: the author, else whom the message answers or mentions."""
    if not author.is_ours:
        return author.ref
    if not channel.has_customers:
        return None
    # an answer that is shown in the channel, too, has the message that it answers with it
    root = as_object(message.get("root"))
    addressed = [as_text(message.get("parent_user_id")), as_text(root.get("user"))]
    addressed += mentioned(written(message))
    for user_id in addressed:
        member = channel.people.get(user_id or "")
        if member is not None and not colleagues.has(member):
            email = email_of(member)
            return f"email:{email}" if email else f"contact:{user_id}"
    return None


def _attributes(message: dict[str, Any]) -> dict[str, Any]:
    kept = ("client_msg_id", "bot_id", "app_id", "team", "reply_count", "latest_reply", "username")
    attributes = {name: message.get(name) for name in kept}
    attributes["reactions"] = [
        {"name": reaction.get("name"), "count": reaction.get("count")}
        for reaction in as_objects(message.get("reactions"))
    ]
    attributes["reply_users"] = _texts(message.get("reply_users"))
    room = as_object(message.get("room"))
    attributes["huddle"] = {
        name: room[name]
        for name in ("created_by", "date_start", "date_end", "participant_history")
        if room.get(name)
    }
    attributes["replies"] = [
        {"user": as_text(reply.get("user")), "ts": as_text(reply.get("ts"))}
        for reply in as_objects(message.get("replies"))
    ]
    return attributes


def _texts(values: Any) -> list[str]:
    listed = values if isinstance(values, list) else []
    return [text for value in listed if (text := as_text(value)) is not None]


def _profile(message: dict[str, Any]) -> dict[str, Any]:
    """Return what a message says of its author, without pictures."""
    kept = ("team", "is_restricted", "is_ultra_restricted")
    profile = as_object(message.get("user_profile"))
    return {name: profile[name] for name in kept if profile.get(name) is not None}


def _add_file(
    gathering: Gathering, position: int, interaction_id: str, place: int, file: dict[str, Any]
) -> None:
    size = as_number(file.get("size"))
    row = {
        "attachment_id": f"{interaction_id}|{as_text(file.get('id')) or place}",
        "interaction_ref": interaction_id,
        "file_name": as_text(file.get("name")) or as_text(file.get("title")),
        "mime_type": as_text(file.get("mimetype")),
        "size_bytes": None if size is None else int(size),
    }
    gathering.add("attachment", position, row, {"url": _address(file)})


def _address(file: dict[str, Any]) -> str | None:
    """Return where the file is, without the token with which everybody could fetch it."""
    url = as_text(file.get("url_private"))
    return None if url is None else _TOKEN.sub("", url)
