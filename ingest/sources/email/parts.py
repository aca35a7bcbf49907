"""The parts of a message as the rest of the parser sees them, whoever took them apart."""

from __future__ import annotations

import binascii
import quopri
import re
from base64 import b64decode
from dataclasses import dataclass, field
from email.message import Message
from functools import lru_cache

from ingest.sources.email.headers import Headers

MAX_NESTING = 16
"""Forwards of forwards are five levels deep at the most; beyond 16 a sender tests parsers."""

ENCLOSED = ("message/rfc822", "message/global", "message/news")
"""Another message within one; the second (RFC 6532) is what servers return of addresses such as
``jörg@``."""


@dataclass(slots=True)
class Part:
    """One part of a message, or the message itself.

    Parameters
    ----------
    content_type
        Lower case, e.g. ``text/plain``.
    content
        Bytes as they were transferred; empty if the part consists of ``parts``.
    parts
        What a multipart or an enclosed message holds; None for any other part.
    defects
        What is wrong with the part, named as the standard library names it.
    raw
        An enclosed message as one file, else empty.
    """

    headers: Headers
    content_type: str = "text/plain"
    charset: str | None = None
    is_flowed: bool = False
    deletes_space: bool = False
    disposition: str = ""
    file_name: str | None = None
    content: bytes = b""
    parts: list[Part] | None = None
    defects: list[str] = field(default_factory=list)
    raw: bytes = b""


_TOKEN = r"[A-Za-z0-9!#$%&'^_.+\-]+"  # noqa: S105 - a token of RFC 2045
_FIELD = re.compile(
    rf"({_TOKEN}(?:/{_TOKEN})?)[ \t]*"
    r"((?:;[ \t]*[A-Za-z0-9_\-]+=(?:\"[^\"\\<>]*\"|[^\s\";\\<>]+)[ \t]*)*);?[ \t]*"
)
_PARAMETER = re.compile(r";[ \t]*([A-Za-z0-9_\-]+)=(?:\"([^\"]*)\"|([^\s\";]+))")


@lru_cache(maxsize=4_096)
def simple_field(value: str) -> tuple[str, dict[str, str]] | None:
    """Return main value and parameters of a MIME header; None where only a full parser can.

    That is one with comments, escapes or continued parameters (RFC 2231).
    """
    found = _FIELD.fullmatch(value)
    if found is None or not value.isascii():
        return None
    parameters: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(found.group(2)):
        parameters.setdefault(name.lower(), quoted or bare)
    return found.group(1).lower(), parameters


def transfer_decoded(content: bytes, encoding: str) -> tuple[bytes, str | None]:
    """Return the bytes that were encoded for transfer, and a note if they are damaged.

    Parameters
    ----------
    encoding
        Value of Content-Transfer-Encoding; content in an unknown one is taken as it stands.
    """
    name = encoding.strip().lower()
    if name == "base64":
        return _from_base64(content)
    if name == "quoted-printable":
        return quopri.decodestring(content), None
    if name in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _from_uuencode(content)
    return content, None


def _from_base64(content: bytes) -> tuple[bytes, str | None]:
    packed = b"".join(content.split())
    try:
        return b64decode(packed, validate=True), None
    except binascii.Error:
        known = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
    # a single character left over holds no whole byte
    whole = known[: len(known) - 1] if len(known) % 4 == 1 else known
    return b64decode(whole + b"=" * (-len(whole) % 4)), "base64 is damaged"


def _from_uuencode(content: bytes) -> tuple[bytes, str | None]:
    message = Message()
    message["Content-Transfer-Encoding"] = "x-uuencode"
    message.set_payload(content.decode("ascii", "surrogateescape"))
    try:
        decoded = message.get_payload(decode=True)
    except ValueError:
        # a line of impossible length
        return content, "uuencode is damaged"
    return (decoded, None) if isinstance(decoded, bytes) else (content, "uuencode is damaged")
