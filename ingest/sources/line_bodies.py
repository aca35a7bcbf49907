"""A file of lines in; runs of complete lines as bytes out, and what is no line in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.parsed import UnreadableFile
from ingest.sources.decompressed import DAMAGED, blocks
from ingest.sources.rejects import PAYLOAD_CHARACTERS

BLOCK_BYTES = 1 << 24
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is not handed on: its beginning and why."""

    head: bytes
    reason_code: str
    reason: str


def line_bodies(path: Path, max_line_bytes: int) -> Iterator[bytes | Unread]:
    """Yield runs of complete lines (without the last newline), and what is in between."""
    too_long = f"line is longer than {max_line_bytes:,} bytes, the limit for one record"
    carry, is_skipping, is_first = b"", False, True
    unread = blocks(path, BLOCK_BYTES)
    while True:
        try:
            block = next(unread, b"")
        except DAMAGED as damage:
            reason = f"the file is damaged or cut off from here on ({damage})"
            if is_first:
                raise UnreadableFile(f"{path.name}: {reason}") from damage
            yield Unread(carry[:PAYLOAD_CHARACTERS], "truncated_file", reason)
            return
        if not block:
            break
        if is_first:
            if block.startswith(_UTF16_MARKS):
                raise UnreadableFile(f"{path.name} is UTF-16; save it as UTF-8")
            block, is_first = block.removeprefix(b"\xef\xbb\xbf"), False
        if is_skipping:
            newline = block.find(b"\n")
            if newline < 0:
                continue
            block, is_skipping = block[newline + 1 :], False
        data = carry + block
        end = _end_of_lines(data)
        if end >= 0:
            yield data[:end]
        carry = data[end + 1 :]
        if len(carry) > max_line_bytes and b"\n" not in carry:
            yield Unread(carry[:PAYLOAD_CHARACTERS], "line_too_long", too_long)
            carry, is_skipping = b"", True
    rest = carry.rstrip(b"\r\n")
    if rest:
        yield rest


def _end_of_lines(data: bytes) -> int:
    """Return the index of the newline after the last complete line that is not blank.

    A run of blank lines waits for the line that follows it: at the end of the file it is none.
    """
    last = data.rfind(b"\n")
    if last < 0:
        return -1
    filled = data[:last].rstrip(b"\r\n")
    return data.find(b"\n", len(filled)) if filled else last
