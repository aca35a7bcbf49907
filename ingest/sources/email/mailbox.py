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

_FIRST = re.compile(rb"From (?!\s*:)\S")
_SEPARATOR = re.compile(rb"From \S.*\d\d:\d\d.*\d{4}|From \S.*\d{4}.*\d\d:\d\d")
_QUOTED = re.compile(rb">+From ")


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
    position = 0
    message = _Growing()
    is_mbox = is_after_blank = False
    is_first = True
    damage = ""
    lines = _lines(path)
    while True:
        try:
            line = next(lines, None)
        except DAMAGED as error:
            if is_first:
                raise UnreadableFile(f"{path.name} is damaged ({error})") from error
            damage = f"the file is damaged or cut off within this message ({error})"
            break
        if line is None:
            break
        if is_first:
            is_first = False
            is_mbox = _FIRST.match(line) is not None
            if is_mbox:
                continue
        elif is_mbox and is_after_blank and _SEPARATOR.match(line):
            position += 1
            yield message.finished(position)
            message = _Growing()
            is_after_blank = False
            continue
        if is_mbox and _QUOTED.match(line):
            line = line[1:]
        message.add(line)
        is_after_blank = line in (b"\n", b"\r\n")
    yield message.finished(position + 1, damage)


class _Growing:
    """A message while it is read; above the limit only its beginning is kept."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.size <= MAX_MESSAGE_BYTES:
            self.parts.append(line)
        elif self.size - len(line) <= MAX_MESSAGE_BYTES:
            self.parts = [b"".join(self.parts)[:_KEPT_OF_LARGE]]

    def finished(self, position: int, damage: str = "") -> RawMessage:
        is_too_large = self.size > MAX_MESSAGE_BYTES
        return RawMessage(position, b"".join(self.parts), is_too_large, damage)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield lines with their ends; one longer than a block comes in pieces."""
    carry = b""
    for block in blocks(path, _BLOCK_BYTES):
        lines = (carry + block).split(b"\n")
        carry = lines.pop()
        for line in lines:
            yield line + b"\n"
        if len(carry) > _BLOCK_BYTES:
            yield carry
            carry = b""
    if carry:
        yield carry
