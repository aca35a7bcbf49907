"""The parts of a message in; its text and its attachments out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from ingest.sources.email.charsets import decode
from ingest.sources.email.flowed import unflowed
from ingest.sources.email.headers import Headers, decoded
from ingest.sources.email.parts import ENCLOSED, MAX_NESTING, Part, transfer_decoded
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
_ANOTHER_HTML = "text/x-amp-html"
"""AMP for e-mail stands beside the HTML that says the same."""


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
    reports
        Machine-readable parts about another message: not delivered, read, called spam.
    enclosed
        Headers of the messages that came with it, forwarded or returned.
    notes
        What was wrong with the parts, one text each.
    """

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[Part] = field(default_factory=list)
    enclosed: list[Headers] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the text as a reader saw it: what was written plainly, else the HTML's."""
        text = "\n".join(part.strip("\n") for part in self.plain if part.strip())
        if not text.strip():
            text = "\n".join(html_to_text(part) for part in self.html).strip()
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()[:MAX_TEXT_CHARACTERS]


def contents_of(message: Part) -> Contents:
    """Return texts, attachments and delivery reports of ``message``."""
    contents = Contents()
    waiting: list[tuple[Part, int]] = [(message, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
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
            waiting += [(child, depth + 1) for child in reversed(part.parts)]
        else:
            _add_leaf(contents, part, depth)
    contents.notes += message.defects
    return contents


def _add_leaf(contents: Contents, part: Part, depth: int) -> None:
    if part.content_type == _ANOTHER_HTML and depth and part.disposition != "attachment":
        return
    data, note = transfer_decoded(part.content, part.headers.raw("content-transfer-encoding"))
    if note is not None:
        contents.notes.append(note)
    if _is_file(part, depth):
        _add_file(contents, part, data)
    else:
        _add_text(contents, part, data)


def _is_file(part: Part, depth: int) -> bool:
    if part.disposition == "attachment":
        return True
    if not part.content_type.startswith(("text/", "multipart/")):
        return True
    # an invitation (text/calendar) or a card stands beside the text without a name of its own
    return depth > 0 and (bool(part.file_name) or not part.content_type.startswith(_TEXTS))


def _add_text(contents: Contents, part: Part, data: bytes) -> None:
    text, note = decode(data, part.charset)
    text = text[:MAX_PART_CHARACTERS]
    if note is not None:
        contents.notes.append(note)
    if part.content_type == "text/html":
        contents.html.append(text)
    elif part.is_flowed:
        contents.plain.append(unflowed(text, part.deletes_space))
    else:
        contents.plain.append(text)


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
    text = data.decode("ascii", "surrogateescape").replace("\r", "")
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
