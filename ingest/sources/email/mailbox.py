"""A mail file in, the bytes of its messages one by one out, in bounded memory.

A file that begins with a ``From `` line is an mbox; later messages begin after a blank line with
``From <sender> <date>``. ``>From `` in a text loses one ``>`` (mboxrd; mboxo looks the same).
Any other file is one message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.parsed import UnreadableFile
from ingest.sources.decompressed import DAMAGED, blocks

MAX_MESSAGE_BYTES = 25 * 1024 * 1024
"""Mail servers accept 10 to 50 MB; what is above 25 is attachments without text to analyse."""

_BLOCK_BYTES = 1 << 20
_KEPT_OF_LARGE = 20_000
_MAX_SEPARATOR_BYTES = 1_000

_FIRST = re.compile(rb"From (?!\s*:)\S")
_SEPARATOR = re.compile(rb"From \S.*\d\d:\d\d.*\d{4}|From \S.*\d{4}.*\d\d:\d\d")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as it arrived.

    Parameters
    ----------
    position
        Place in the file, from 1.
    raw
        Its bytes without the ``From `` line of an mbox; the beginning if it is too large.
    damage
        Why its end is missing, empty if nothing is.
    """

    position: int
    raw: bytes
    is_too_large: bool = False
    damage: str = ""


def raw_messages(path: Path) -> Iterator[RawMessage]:
    """Yield the messages of ``path``; an empty file is one empty message.

    Raises
    ------
    UnreadableFile
        If not even the beginning can be read.
    """
    incoming = blocks(path, _BLOCK_BYTES)
    try:
        first = next(incoming, b"")
    except DAMAGED as error:
        raise UnreadableFile(f"{path.name} is damaged ({error})") from error
    if _FIRST.match(first) is None:
        yield _only_message(first, incoming)
    else:
        yield from _messages_of_mbox(first, incoming)


def _only_message(first: bytes, incoming: Iterator[bytes]) -> RawMessage:
    parts, size = [first], len(first)
    damage = ""
    try:
        while size <= MAX_MESSAGE_BYTES and (block := next(incoming, b"")):
            parts.append(block)
            size += len(block)
    except DAMAGED as error:
        damage = _cut_off(error)
    return _finished(1, b"".join(parts), size, damage)


def _messages_of_mbox(buffer: bytes, incoming: Iterator[bytes]) -> Iterator[RawMessage]:
    """Yield the messages; ``buffer`` holds the one that is not complete, from ``begin``."""
    position, dropped, head = 1, 0, b""
    begin = scan = buffer.find(b"\n") + 1 or len(buffer)
    is_last, damage = False, ""
    while True:
        start, after = _next_separator(buffer, scan, is_last=is_last)
        if start >= 0:
            size = dropped + start - begin
            yield _finished(position, head or _unquoted(buffer[begin:start]), size)
            position, dropped, head = position + 1, 0, b""
            begin = scan = after
            continue
        if is_last:
            size = dropped + len(buffer) - begin
            yield _finished(position, head or _unquoted(buffer[begin:]), size, damage)
            return
        scan = max(begin, after)
        if dropped + len(buffer) - begin > MAX_MESSAGE_BYTES:
            head = head or buffer[begin : begin + _KEPT_OF_LARGE]
            dropped, begin = dropped + scan - begin, scan
        # the blank line before a separator may stand before what is kept
        kept = max(0, min(begin, scan) - 3)
        buffer, begin, scan = buffer[kept:], begin - kept, scan - kept
        try:
            block = next(incoming, b"")
        except DAMAGED as error:
            block, damage = b"", _cut_off(error)
        is_last = not block
        buffer += block


def _next_separator(buffer: bytes, scan: int, *, is_last: bool) -> tuple[int, int]:
    """Return where the next separator begins and ends; (-1, where to look on) if there is none.

    A separator that may go on in the next block is none yet.
    """
    at = buffer.find(b"\nFrom ", scan)
    while at >= 0:
        if buffer[at - 1 : at] == b"\n" or buffer[at - 2 : at] == b"\n\r":
            limit = at + 1 + _MAX_SEPARATOR_BYTES
            end = buffer.find(b"\n", at + 1, limit)
            if end < 0 and len(buffer) < limit:
                if not is_last:
                    return -1, at
                end = len(buffer)
            if end >= 0 and _SEPARATOR.match(buffer, at + 1, end):
                return at + 1, min(end + 1, len(buffer))
        at = buffer.find(b"\nFrom ", at + 1)
    return -1, max(scan, len(buffer) - len(b"\nFrom "))


def _finished(position: int, raw: bytes, size: int, damage: str = "") -> RawMessage:
    if size > MAX_MESSAGE_BYTES:
        return RawMessage(position, raw[:_KEPT_OF_LARGE], is_too_large=True, damage=damage)
    return RawMessage(position, raw, damage=damage)


def _unquoted(raw: bytes) -> bytes:
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw


def _cut_off(error: BaseException) -> str:
    return f"the file is damaged or cut off within this message ({error})"
