"""The bytes of any message in, its parts as the standard library finds them out."""

from __future__ import annotations

import io
import re
from email import message_from_bytes
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32

from ingest.sources.email.headers import Headers, readable
from ingest.sources.email.parts import ENCLOSED, MAX_NESTING, Part
from ingest.sources.email.refusal import NotAMessage

MAX_EFFORT = 30_000_000
"""Lines times parts: the standard library compares each line with the boundary of each part
around it. Real mails of 25 MB stay below 10 million; made ones could take hours."""

_NAME_AND_SPACE = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_STRAY = re.compile(rb"^[!-/;-@\[-`{-~]+\r?\n(?=[ \t]+\S|[!-9;-~]+:)", re.MULTILINE)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_MULTIPART = re.compile(rb"multipart/|message/", re.IGNORECASE)


def parsed(raw: bytes) -> Part:
    """Return the message in ``raw`` as parts; broken MIME is read as far as it goes.

    Raises
    ------
    NotAMessage
        If it would take minutes.
    RecursionError
        If parts nest hundreds of levels deep.
    """
    lines = raw.count(b"\n") + raw.count(b"\r")
    if lines * (10 + len(_MULTIPART.findall(raw))) > MAX_EFFORT:
        raise NotAMessage("nested_too_deep", f"too many parts for {lines:,} lines to be read")
    return _part(message_from_bytes(_with_plain_headers(raw), policy=compat32), 0)


def _with_plain_headers(raw: bytes) -> bytes:
    """Drop spaces before the colon of a header (RFC 5322, 4.5) and lines of mere punctuation.

    The second end the headers for every parser, although more headers follow.
    """
    if raw.startswith((b"\n", b"\r")):
        return raw
    found = _END_OF_HEADERS.search(raw)
    end = found.end() if found else len(raw)
    head = _STRAY.sub(b"", _NAME_AND_SPACE.sub(rb"\1:", raw[:end]))
    return head + raw[end:]


def headers_of(message: Message) -> Headers:
    """Return the headers of a parsed message."""
    return Headers([(name, str(value)) for name, value in message.raw_items()])


def _part(message: Message, depth: int) -> Part:
    part = Part(
        headers=headers_of(message),
        content_type=message.get_content_type(),
        charset=_parameter(message, "charset"),
        is_flowed=(_parameter(message, "format") or "").lower() == "flowed",
        deletes_space=(_parameter(message, "delsp") or "").lower() == "yes",
        disposition=message.get_content_disposition() or "",
        file_name=_file_name(message),
        defects=sorted({type(defect).__name__ for defect in message.defects}),
    )
    # of a part with text, get_payload would decode it by whatever codec it names
    inner = message.get_payload() if message.is_multipart() else None
    if isinstance(inner, list):
        children = [child for child in inner if isinstance(child, Message)]
        if part.content_type in ENCLOSED and children:
            part.raw = _source(children[0])
        # one level more than is read, for the note that there is more
        part.parts = [_part(child, depth + 1) for child in children] if depth <= MAX_NESTING else []
    else:
        del message["content-transfer-encoding"]
        payload = message.get_payload(decode=True)
        part.content = payload if isinstance(payload, bytes) else b""
    return part


def _source(message: Message) -> bytes:
    buffer = io.BytesIO()
    BytesGenerator(buffer, mangle_from_=False, maxheaderlen=0).flatten(message)
    return buffer.getvalue()


def _file_name(message: Message) -> str | None:
    for name in ("Content-Disposition", "Content-Type"):
        # of raw bytes in a header Python makes U+FFFD
        written = next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), "")
        if not written.isascii():
            message.replace_header(name, readable(written))
    try:
        return message.get_filename()
    except (ValueError, TypeError, LookupError):
        # an RFC 2231 name in a charset that does not exist
        return None


def _parameter(message: Message, name: str) -> str | None:
    try:
        value = message.get_param(name)
    except (ValueError, TypeError, LookupError):
        return None
    if isinstance(value, tuple):
        return str(value[2])
    return None if value is None else str(value)
