"""Members of a Slack export in, ``agent`` and ``contact`` rows out."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.source import Company
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.json_values import as_moment, as_object, as_text
from ingest.sources.own_domains import is_ours
from ingest.sources.person_names import split_name

People = dict[str, dict[str, Any]]


def users_file(path: Path) -> Path | None:
    """Return the ``users.json`` of the export that ``path`` belongs to, if it is there."""
    for folder in (path.parent.parent, path.parent):
        users = folder / "users.json"
        # a link may lead out of the landing folder
        if users.is_file() and not users.is_symlink():
            return users
    return None


def people_beside(path: Path) -> People:
    """Return the members by id from the ``users.json`` of the export; none where it has none."""
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
        # users.json is a file of the source too and is quarantined as such
        return {}
    return {user_id: one for one in members if (user_id := as_text(one.get("id"))) is not None}


def email_of(member: dict[str, Any]) -> str | None:
    """Return the member's address, null where the export has none."""
    email = as_text(as_object(member.get("profile")).get("email"))
    return email if email is not None and "@" in email else None


def is_colleague(member: dict[str, Any], company: Company) -> bool:
    """Return whether a member is one of us: by address, else unless marked as a guest."""
    email = email_of(member)
    if email is not None:
        return is_ours(email, company)
    guest = ("is_restricted", "is_ultra_restricted", "is_stranger")
    return not any(member.get(mark) is True for mark in guest)


def add_person(gathering: Gathering, record: JsonRecord, company: Company) -> None:
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
    if is_colleague(member, company):
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
