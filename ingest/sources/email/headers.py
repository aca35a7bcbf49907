"""Raw headers of a message in; decoded texts, addresses, ids and times out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from ingest.sources.email.charsets import decode

MAX_HEADER_CHARACTERS = 200_000
"""A mail to a thousand people has 40,000; beyond, the rest of a header is not read."""
MAX_DECODED_CHARACTERS = 20_000
"""Of a subject or a name; Python's search for encoded words takes time by the square."""


class Headers:
    """The headers of one message by lower-case name, in order, unfolded and undecoded."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        self._texts: dict[str, str | None] = {}
        for name, value in pairs:
            if "\n" in value or "\r" in value:
                value = value.replace("\r", "").replace("\n", "")
            plain = value[:MAX_HEADER_CHARACTERS].strip()
            self._values.setdefault(name.strip().lower(), []).append(plain)

    def read_as(self, charset: str) -> None:
        """Take raw bytes that are no UTF-8 for the charset of the message's text.

        Programs that write headers without RFC 2047 write them as they write the text; a name is
        too short to guess from.
        """
        self._texts.clear()
        for values in self._values.values():
            for at, value in enumerate(values):
                if not value.isascii():
                    values[at] = _read_as(value, charset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._values == other._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> list[str]:
        """Return the names, lower case, each once."""
        return list(self._values)

    def raw(self, name: str) -> str:
        """Return the first value with content, else an empty text."""
        return next((value for value in self._values.get(name, []) if value), "")

    def all(self, name: str) -> list[str]:
        """Return all values in the order of the message, the last server's first."""
        return self._values.get(name, [])

    def text(self, name: str) -> str | None:
        """Return the value decoded (RFC 2047, RFC 6532, or a guessed charset)."""
        if name not in self._texts:
            self._texts[name] = decoded(self.raw(name)) or None
        return self._texts[name]


def decoded(value: str) -> str:
    """Return a header value as text."""
    value = readable(value[:MAX_DECODED_CHARACTERS])
    if "=?" not in value:
        return " ".join(value.split())
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return " ".join(value.split())
    texts = [part if isinstance(part, str) else decode(part, charset)[0] for part, charset in parts]
    return " ".join("".join(texts).split())


def readable(value: str) -> str:
    """Return a value whose undecodable bytes Python kept as surrogates as proper text."""
    return (
        decode(value.encode("utf-8", "surrogateescape"), None)[0] if not value.isascii() else value
    )


def _read_as(value: str, charset: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text, problem = decode(raw, charset)
        return value if problem else text


# each ends at the next mark of its kind, so that a header of nothing but marks is read once
_ESCAPED = re.compile(r"\\.")
_QUOTED = re.compile(r'"[^"]*+"@?')
_COMMENT = re.compile(r"\([^()]*+\)")
_ANGLE = re.compile(r"<([^<>]*+)>")
_BLANK_BY_DOT = re.compile(r"(?<=\S)\s*\.\s*")
_ADDRESS = re.compile(r"""(?:"[^"<>@]{1,128}"|[^\s<>,;:"()\[\]]{1,128})@[^\s<>,;:"()@]{1,255}""")
_NEEDLESSLY_QUOTED = re.compile(r"""["]([^\s<>,;:"()\[\]@\\]+)["]""")


_COMMENT_LEVELS = 5
MAX_KNOWN_CHARACTERS = 500
"""Of a header whose addresses are kept for the next time it is asked for."""


def without_comments(value: str) -> str:
    """Drop comments in brackets, also nested ones, which RFC 5322 allows nearly everywhere."""
    if "(" not in value:
        return value
    for _ in range(_COMMENT_LEVELS):
        shorter = _COMMENT.sub("", value)
        if shorter == value:
            break
        value = shorter
    return value


def addresses(value: str) -> list[str]:
    """Return the addresses of a header in order, each once, lower case in the domain.

    Python's own parser refuses a whole header for one stray comma; this one takes what looks
    like an address, within angle brackets first.
    """
    # several steps ask for the same header of a mail, and most mails are some colleague's
    return list(_known(value) if len(value) <= MAX_KNOWN_CHARACTERS else _addresses(value))


@lru_cache(maxsize=4096)
def _known(value: str) -> tuple[str, ...]:
    return tuple(_addresses(value))


def _addresses(value: str) -> list[str]:
    if "@" not in value:
        # against RFC 2047 some programs encode the address too
        value = decoded(value) if "=?" in value else ""
    if "@" not in value:
        return []
    plain = readable(value)
    bare = _ESCAPED.sub("", plain) if "\\" in plain else plain
    bare = without_comments(_QUOTED.sub(_without_name, bare))
    found: list[str] = []
    for part in re.split(r"[,;]", bare):
        within = _ANGLE.search(part)
        inside = within.group(1) if within else ""
        if " " in inside:
            # RFC 822 allowed blanks around the dots of a domain
            inside = _BLANK_BY_DOT.sub(".", inside)
        address = _ADDRESS.search(inside)
        if address is not None:
            found.append(_lowered(address.group()))
        elif inside or "@" in part:
            # some clients part addresses by blanks
            found += [_lowered(address) for address in _ADDRESS.findall(part)]
    if not found:
        found = [_lowered(address) for address in _ADDRESS.findall(plain)]
    return list(dict.fromkeys(found))


def _without_name(quoted: re.Match[str]) -> str:
    """Drop a quoted name, keep a quoted mailbox."""
    return quoted.group() if quoted.group().endswith("@") else " "


def _lowered(address: str) -> str:
    local, _, domain = address.strip(".'`").rpartition("@")
    if local.startswith('"'):
        # "jane.doe"@x is the mailbox jane.doe@x (RFC 5321, 4.1.2)
        local = _NEEDLESSLY_QUOTED.sub(r"\1", local)
    return f"{local}@{domain.lower()}"


def display_name(value: str) -> str | None:
    """Return the name before the first address, None where there is none."""
    name = decoded(value.split("<", 1)[0]) if "<" in value else ""
    name = name.strip().strip("\"'").strip()
    return name if name and "@" not in name else None


_MESSAGE_ID = re.compile(r"<\s*([^<>\s]+)\s*>")


def message_ids(value: str) -> list[str]:
    """Return the ids of a Message-ID, In-Reply-To or References header, without brackets.

    Some clients write prose into In-Reply-To; only what has brackets, or is one word with an @,
    is an id.
    """
    found = _MESSAGE_ID.findall(value)
    if found:
        return [readable(one) for one in found]
    words = value.split()
    return [readable(words[0])] if len(words) == 1 and "@" in words[0] else []


_OFFSET = re.compile(
    r"(?:\s(?:GMT|UTC|UT)|(?<=:\d\d))\s*([+-])(\d{1,2}):?(\d{2})?\s*$", re.IGNORECASE
)
_ZONE = re.compile(r"(?<=\d)\s+([A-Z]{3,4})(?=$|\s+\d{4}$)", re.IGNORECASE)
_ZONES = {
    "WET": "+0000", "WEST": "+0100", "CET": "+0100", "MEZ": "+0100", "MET": "+0100",
    "CEST": "+0200", "MESZ": "+0200", "MEST": "+0200", "EET": "+0200", "EEST": "+0300",
    "MSK": "+0300", "JST": "+0900", "KST": "+0900", "AEST": "+1000", "AEDT": "+1100",
    "NZST": "+1200", "NZDT": "+1300", "AKST": "-0900", "AKDT": "-0800",
}  # fmt: skip
"""Names that mean one offset wherever they are used; BST and IST do not."""


def _with_plain_offset(value: str) -> str:
    """Return a date whose ``GMT+2``, ``+02:00``, ``+02`` or ``CEST`` is written ``+0200``."""
    if named := _ZONE.search(value):
        offset = _ZONES.get(named.group(1).upper())
        if offset is not None:
            return f"{value[: named.start()]}{value[named.end() :]} {offset}"
    if written := _OFFSET.search(value):
        sign, hours, minutes = written.groups()
        return f"{value[: written.start()]} {sign}{hours.zfill(2)}{minutes or '00'}"
    return value


def moment(value: str, time_zone: str) -> datetime | None:
    """Return the naive UTC time of a Date header, None where nobody can read it.

    Parameters
    ----------
    time_zone
        Zone of times without offset. ``-0000`` is UTC (RFC 5322).
    """
    try:
        plain = re.sub(r"\s*:\s*", ":", without_comments(value[:200]))
        sent = parsedate_to_datetime(_with_plain_offset(plain))
        if sent.tzinfo is None:
            is_utc = re.search(r"-0000\b", value) is not None
            sent = sent.replace(tzinfo=UTC if is_utc else ZoneInfo(time_zone))
        return sent.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
