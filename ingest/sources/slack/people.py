"""Members of a Slack export in, ``agent`` and ``contact`` rows out."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_moment, as_object, as_text
from ingest.sources.person_names import split_name
from ingest.sources.slack.colleagues import Colleagues, email_of

People = dict[str, dict[str, Any]]


PEOPLE = ("users.json", "org_users.json")
"""Where an export lists its members; the second one in exports of an organisation (grid)."""


def users_file(path: Path) -> Path | None:
    """Return the list of members of the export that ``path`` belongs to, if it is there."""
    for folder in (path.parent.parent, path.parent):
        for name in PEOPLE:
            users = folder / name
            # a link may lead out of the landing folder
            if users.is_file() and not users.is_symlink():
                return users
    return None


def people_beside(path: Path) -> People:
    """Return the members by id from the list that the export has of them; none without one."""
    users = users_file(path)
    if users is None:
        return {}
    stat = users.stat()
    return _people(users, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _people(users: Path, changed_ns: int, size: int) -> People:
    try:
        members = [record.value for record in json_records(users) if record.value is not None]
    except UnreadableFile:
        # the list is a file of the source too and is quarantined as such
        return {}
    return {user_id: one for one in members if (user_id := as_text(one.get("id"))) is not None}


def add_person(gathering: Gathering, record: JsonRecord, colleagues: Colleagues) -> None:
    """Add a member as agent or contact, or reject one without id."""
    member = record.value or {}
    member_id = as_text(member.get("id"))
    if member_id is None:
        gathering.reject(record.position, "missing_id", "member has no id", record.payload)
        return
    profile = as_object(member.get("profile"))
    name = as_text(profile.get("real_name")) or as_text(member.get("real_name"))
    name = name or as_text(member.get("name"))
    email, phone = email_of(member), as_text(profile.get("phone"))
    recorded_at = as_moment(member.get("updated"))
    attributes = {
        "display_name": as_text(profile.get("display_name")),
        "is_bot": member.get("is_bot") or None,
        "is_deactivated": member.get("deleted") or None,
        "team_id": as_text(member.get("team_id")),
    }
    if colleagues.has(member):
        row = {"agent_id": member_id, "name": name, "email": email, "phone": phone}
        gathering.add("agent", record.position, {**row, "recorded_at": recorded_at}, attributes)
        return
    first, last = as_text(profile.get("first_name")), as_text(profile.get("last_name"))
    if first is None and last is None:
        first, last = split_name(name)
    row = {
        "contact_id": member_id,
        "first_name": first,
        "last_name": last,
        "email": email,
        "phone": phone,
        "title": as_text(profile.get("title")),
        "time_zone": as_text(member.get("tz")),
        "locale": as_text(member.get("locale")),
    }
    gathering.add("contact", record.position, {**row, "recorded_at": recorded_at}, attributes)


def add_stranger(
    gathering: Gathering, position: int, ref: str | None, profile: dict[str, Any], said_at: datetime
) -> None:
    """Add a customer whom ``users.json`` does not list, as their message describes them.

    Parameters
    ----------
    ref
        ``contact:<id>``; colleagues and customers known by address add nothing.
    profile
        ``user_profile`` of the message.
    """
    name = as_text(profile.get("real_name")) or as_text(profile.get("display_name"))
    name = name or as_text(profile.get("name"))
    if name is None or ref is None or not ref.startswith("contact:"):
        return
    first, last = split_name(name)
    row = {
        "contact_id": ref.removeprefix("contact:"),
        "first_name": first,
        "last_name": last,
        "recorded_at": said_at,
    }
    gathering.add("contact", position, row, {"team_id": as_text(profile.get("team"))})
