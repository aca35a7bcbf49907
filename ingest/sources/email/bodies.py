"""The parts of a message in; its text and its attachments out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ingest.sources.email.charsets import decode
from ingest.sources.email.flowed import unflowed
from ingest.sources.email.headers import Headers, decoded
from ingest.sources.email.invitations import calendar_method
from ingest.sources.email.meetings import meeting_of
from ingest.sources.email.parts import ENCLOSED, MAX_NESTING, Part, transfer_decoded
from ingest.sources.email.refusal import NotAMessage
from ingest.sources.email.signed import DamagedStructure, signed_content
from ingest.sources.email.splitting import split
from ingest.sources.email.standard import parsed
from ingest.sources.html_text import html_to_text

MAX_PARTS = 1_000
MAX_PART_CHARACTERS = 2_000_000
MAX_TEXT_CHARACTERS = 1_000_000

_REPORTS = (
    "message/delivery-status", "message/disposition-notification",
    "message/global-delivery-status", "message/feedback-report",
)  # fmt: skip
_ENCLOSED_HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
_TEXTS = (
    "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown",
    "text/x-markdown", "multipart/",
)  # fmt: skip
"""What people read. A multipart without any boundary is the text that it holds."""
_WRAPPED_UP = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_ANOTHER_HTML = "text/x-amp-html"
"""AMP for e-mail stands beside the HTML that says the same."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    file_name: str | None
    mime_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Text:
    """A part that people read.

    Parameters
    ----------
    branches
        Of each ``multipart/alternative`` around it, by number, which version it is of.
    """

    text: str
    is_html: bool
    branches: dict[int, int]

    def is_version_of(self, other: Text) -> bool:
        """Return whether a reader is shown either this one or the other."""
        both = self.branches.keys() & other.branches.keys()
        return any(self.branches[one] != other.branches[one] for one in both)


@dataclass(slots=True)
class Contents:
    """What the parts of a message hold.

    Parameters
    ----------
    reports
        Machine-readable parts about another message: not delivered, read, called spam.
    enclosed
        Headers of the messages that came with it, forwarded or returned.
    calendar_methods
        What its calendar objects are for.
    meetings
        What they say of their meetings.
    notes
        What was wrong with the parts, one text each.
    """

    texts: list[Text] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[Part] = field(default_factory=list)
    enclosed: list[Headers] = field(default_factory=list)
    calendar_methods: list[str] = field(default_factory=list)
    meetings: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the text as a reader saw it: what was written plainly, else the HTML's.

        HTML behind a plain text is its other version also where the sender does not say so; a plain
        text behind HTML is what a mailing list or a virus scanner added.
        """
        plain = [one for one in self.texts if not one.is_html and one.text.strip()]
        shown: list[str] = []
        has_plain = False
        for one in self.texts:
            if not one.text.strip():
                continue
            if not one.is_html:
                shown.append(one.text.strip("\n"))
                has_plain = True
            elif not has_plain and not any(one.is_version_of(other) for other in plain):
                shown.append(html_to_text(one.text))
        text = "\n".join(shown)
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()[:MAX_TEXT_CHARACTERS]


def contents_of(message: Part) -> Contents:
    """Return texts, attachments and delivery reports of ``message``."""
    contents = Contents()
    waiting: list[tuple[Part, int, dict[int, int]]] = [(message, 0, {})]
    count = 0
    while waiting:
        part, depth, branches = waiting.pop()
        count += 1
        if count > MAX_PARTS or depth > MAX_NESTING:
            limit = f"{MAX_PARTS} parts" if count > MAX_PARTS else f"{MAX_NESTING} levels of parts"
            contents.notes.append(f"more than {limit}; the others were not read")
            break
        if part.content_type in _REPORTS:
            contents.reports.append(part)
        elif part.content_type in _ENCLOSED_HEADERS:
            _add_headers(contents, part)
        elif part.content_type in ENCLOSED and part.parts and depth:
            contents.enclosed.append(part.parts[0].headers)
            _add_file(contents, part, part.raw)
        elif part.parts is not None:
            is_choice = part.content_type == "multipart/alternative"
            waiting += [
                (child, depth + 1, {**branches, count: place} if is_choice else branches)
                for place, child in reversed(list(enumerate(part.parts)))
            ]
        else:
            _add_leaf(contents, part, depth, branches)
            signed = _signed(contents, part)
            if signed is not None:
                waiting.append((signed, depth + 1, branches))
    contents.notes += message.defects
    return contents


def charset_of(message: Part) -> str | None:
    """Return the charset of the first text, None where no part names any."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.charset is not None and part.content_type in ("text/plain", "text/html"):
            return part.charset
        if part.content_type not in ENCLOSED:
            waiting += reversed(part.parts or [])
    return None


def _add_leaf(contents: Contents, part: Part, depth: int, branches: dict[int, int]) -> None:
    if part.content_type == _ANOTHER_HTML and depth and part.disposition != "attachment":
        return
    data, note = transfer_decoded(part.content, part.headers.raw("content-transfer-encoding"))
    if note is not None:
        contents.notes.append(note)
    if part.content_type == "text/calendar" and (method := calendar_method(data)):
        contents.calendar_methods.append(method)
        if (meeting := meeting_of(data)) is not None:
            contents.meetings.append({"method": method.lower(), **meeting})
    if _is_file(part, depth):
        _add_file(contents, part, data)
    else:
        _add_text(contents, part, data, branches)


def _signed(contents: Contents, part: Part) -> Part | None:
    """Return the part that S/MIME wrapped up with its signature; None for any other."""
    is_named = (part.file_name or "").lower().endswith(".p7m")
    if part.content_type not in _WRAPPED_UP and not (
        is_named and part.content_type == "application/octet-stream"
    ):
        return None
    data, _ = transfer_decoded(part.content, part.headers.raw("content-transfer-encoding"))
    try:
        content = signed_content(data)
        return None if content is None else split(content) or parsed(content)
    except (DamagedStructure, NotAMessage) as error:
        contents.notes.append(f"what is signed cannot be read: {error}")
        return None
    except RecursionError:
        contents.notes.append("what is signed cannot be read: its parts nest too deep")
        return None


def _is_file(part: Part, depth: int) -> bool:
    if part.disposition == "attachment" or part.content_type == "text/calendar":
        return True
    if not part.content_type.startswith(("text/", "multipart/")):
        return True
    # a card, like an invitation, stands beside the text without a name of its own
    return depth > 0 and (bool(part.file_name) or not part.content_type.startswith(_TEXTS))


def _add_text(contents: Contents, part: Part, data: bytes, branches: dict[int, int]) -> None:
    text, note = decode(data, part.charset)
    text = text[:MAX_PART_CHARACTERS]
    if note is not None:
        contents.notes.append(note)
    is_html = part.content_type == "text/html"
    if part.is_flowed and not is_html:
        text = unflowed(text, part.deletes_space)
    contents.texts.append(Text(text, is_html, branches))


def _add_file(contents: Contents, part: Part, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()
    name = decoded(part.file_name) or None if part.file_name else None
    contents.attachments.append(Attachment(name, part.content_type, len(data), digest))


def _add_headers(contents: Contents, part: Part) -> None:
    """Add the headers of a returned message of which nothing else came back."""
    contents.enclosed.append(next((block for block in header_blocks(part) if block), Headers([])))


def header_blocks(part: Part) -> list[Headers]:
    """Return the blocks of headers that the text of a part consists of."""
    data, _ = transfer_decoded(part.content, part.headers.raw("content-transfer-encoding"))
    return blocks_of(data.decode("ascii", "surrogateescape").replace("\r", ""))


def blocks_of(text: str) -> list[Headers]:
    """Return the blocks of headers that a text without carriage returns consists of."""
    blocks = []
    for block in text.split("\n\n")[:MAX_PARTS]:
        pairs: list[tuple[str, str]] = []
        for line in block.split("\n"):
            name, colon, value = line.partition(":")
            if line[:1] in (" ", "\t") and pairs:
                pairs[-1] = (pairs[-1][0], pairs[-1][1] + line)
            elif colon:
                pairs.append((name, value))
        blocks.append(Headers(pairs))
    return blocks
