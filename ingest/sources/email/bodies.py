"""A parsed message in; its text and its attachments out.

Broken MIME is read as far as it goes: a part that cannot be decoded is taken as it stands.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message

from ingest.sources.email.charsets import decode
from ingest.sources.email.flowed import unflowed
from ingest.sources.email.headers import decoded
from ingest.sources.html_text import html_to_text

MAX_NESTING = 16
MAX_PARTS = 1_000
MAX_PART_CHARACTERS = 2_000_000
MAX_TEXT_CHARACTERS = 1_000_000

_REPORTS = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    file_name: str | None
    mime_type: str
    size_bytes: int
    sha256: str


@dataclass(slots=True)
class Contents:
    """What the parts of a message hold.

    Parameters
    ----------
    notes
        What was wrong with the parts, one text each.
    """

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[Message] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the text as a reader saw it: what was written plainly, else the HTML's."""
        text = "\n".join(part.strip("\n") for part in self.plain if part.strip())
        if not text.strip():
            text = "\n".join(html_to_text(part) for part in self.html).strip()
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()[:MAX_TEXT_CHARACTERS]


def contents_of(message: Message) -> Contents:
    """Return texts, attachments and delivery reports of ``message``."""
    contents = Contents()
    waiting: list[tuple[Message, int]] = [(message, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MAX_PARTS or depth > MAX_NESTING:
            limit = f"{MAX_PARTS} parts" if count > MAX_PARTS else f"{MAX_NESTING} levels of parts"
            contents.notes.append(f"more than {limit}; the others were not read")
            break
        # of a part with text, get_payload would decode it by whatever codec it names
        inner = part.get_payload() if part.is_multipart() else None
        if part.get_content_type() in _REPORTS:
            contents.reports.append(part)
        elif part.get_content_type() == "message/rfc822" and isinstance(inner, list) and depth:
            _add_message(contents, part)
        elif isinstance(inner, list):
            children = [child for child in inner if isinstance(child, Message)]
            waiting += [(child, depth + 1) for child in reversed(children)]
        elif _is_file(part, depth):
            _add_file(contents, part)
        else:
            _add_text(contents, part)
    contents.notes += sorted({type(defect).__name__ for defect in message.defects})
    return contents


def _is_file(part: Message, depth: int) -> bool:
    if (part.get_content_disposition() or "") == "attachment":
        return True
    if part.get_content_maintype() != "text":
        return True
    return depth > 0 and _file_name(part) is not None


def _file_name(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (ValueError, TypeError, LookupError):
        # an RFC 2231 name in a charset that does not exist
        return None
    return decoded(name) or None if name else None


def _bytes(part: Message) -> bytes:
    """Return the decoded content; as it stands where its transfer encoding is broken."""
    try:
        payload = part.get_payload(decode=True)
    except ValueError:
        # uuencoded text with a line of impossible length
        del part["content-transfer-encoding"]
        payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _add_text(contents: Contents, part: Message) -> None:
    data = _bytes(part)
    text, note = decode(data, _param(part, "charset"))
    text = text[:MAX_PART_CHARACTERS]
    if note is not None:
        contents.notes.append(note)
    if part.get_content_subtype() == "html":
        contents.html.append(text)
    elif (_param(part, "format") or "").lower() == "flowed":
        contents.plain.append(unflowed(text, (_param(part, "delsp") or "").lower() == "yes"))
    else:
        contents.plain.append(text)


def _param(part: Message, name: str) -> str | None:
    try:
        value = part.get_param(name)
    except (ValueError, TypeError, LookupError):
        return None
    if isinstance(value, tuple):
        return str(value[2])
    return None if value is None else str(value)


def _add_file(contents: Contents, part: Message) -> None:
    data = _bytes(part)
    digest = hashlib.sha256(data).hexdigest()
    attachment = Attachment(_file_name(part), part.get_content_type(), len(data), digest)
    contents.attachments.append(attachment)


def _add_message(contents: Contents, part: Message) -> None:
    """Add a forwarded message as one file; what it holds belongs to it, not to us."""
    buffer = io.BytesIO()
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else part
    BytesGenerator(buffer, mangle_from_=False, maxheaderlen=0).flatten(first)
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    contents.attachments.append(Attachment(_file_name(part), "message/rfc822", len(data), digest))
