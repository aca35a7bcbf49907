"""A calendar object (RFC 5545) that came with a message in; what it says of its meeting out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ingest.times.named_zones import iana_name

MAX_BYTES = 100_000
MAX_ATTENDEES = 100

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r'([A-Za-z0-9-]{1,40})((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)')
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=(?:"([^"]*)"|([^;:"]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_TEXTS = {"SUMMARY": "summary", "LOCATION": "location", "STATUS": "status", "UID": "uid",
          "SEQUENCE": "sequence", "RRULE": "recurrence"}  # fmt: skip
_TIMES = {"DTSTART": "starts", "DTEND": "ends", "RECURRENCE-ID": "instance"}

Said = tuple[str, dict[str, str], str]


def meeting_of(data: bytes) -> dict[str, Any] | None:
    """Return what the first event of a calendar object says, None where there is none.

    Times are UTC where their zone is known, else as they are written, with ``time_zone``.
    """
    text = _FOLD.sub("", data[:MAX_BYTES].decode("utf-8", "replace"))
    meeting: dict[str, Any] = {}
    attendees: list[dict[str, str]] = []
    for name, parameters, value in _event(text):
        if name in _TEXTS:
            meeting.setdefault(_TEXTS[name], _unescaped(value))
        elif name in _TIMES:
            zone = parameters.get("TZID")
            meeting.setdefault(_TIMES[name], _time(value, zone))
            if zone:
                meeting.setdefault("time_zone", zone)
        elif name == "ORGANIZER":
            meeting.setdefault("organizer", _address(value))
        elif name == "ATTENDEE" and len(attendees) < MAX_ATTENDEES:
            answer = parameters.get("PARTSTAT", "").lower()
            attendees.append({"email": _address(value)} | ({"answer": answer} if answer else {}))
    if not meeting:
        return None
    return meeting | ({"attendees": attendees} if attendees else {})


def _event(text: str) -> list[Said]:
    """Return the properties of the first event, without those of its alarms."""
    said: list[Said] = []
    inside: list[str] = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, parameters, value = found.group(1).upper(), found.group(2), found.group(3).strip()
        if name == "BEGIN":
            inside.append(value.upper())
        elif name == "END":
            if inside[-1:] == ["VEVENT"]:
                break
            del inside[-1:]
        elif inside[-1:] == ["VEVENT"]:
            told = {
                key.upper(): quoted or bare for key, quoted, bare in _PARAMETER.findall(parameters)
            }
            said.append((name, told, value))
    return said


def _time(value: str, zone: str | None) -> str:
    for form in ("%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"):
        try:
            at = datetime.strptime(value, form)  # noqa: DTZ007 - the zone comes with it
        except ValueError:
            continue
        if form == "%Y%m%d":
            return at.date().isoformat()
        if form.endswith("Z"):
            return f"{at.isoformat()}Z"
        known = iana_name(zone or "")
        if known is None:
            return at.isoformat()
        try:
            utc = at.replace(tzinfo=ZoneInfo(known)).astimezone(UTC)
            return f"{utc.replace(tzinfo=None).isoformat()}Z"
        except OverflowError:
            return at.isoformat()
    return value


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda one: "\n" if one.group(1) in "nN" else one.group(1), value)


def _address(value: str) -> str:
    return re.sub(r"(?i)^mailto:", "", value).strip().lower()
