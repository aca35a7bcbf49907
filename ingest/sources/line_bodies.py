"""A file of lines in; runs of complete lines as bytes out, and what is no line in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.parsed import UnreadableFile
from ingest.sources.decompressed import DAMAGED, open_decompressed, read_block
from ingest.sources.rejects import PAYLOAD_CHARACTERS

BLOCK_BYTES = 1 << 26
"""A size at which the 90 ms that every block costs, whatever is in it, matter little: with half of
it two million web events took a tenth longer."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_LINE_ENDS = b"\r\n"
_TAIL_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is not handed on: its beginning and why."""

    head: bytes
    reason_code: str
    reason: str


def line_bodies(path: Path, max_line_bytes: int) -> Iterator[memoryview | Unread]:
    """Yield runs of complete lines (without the last newline), and what is in between.

    A run is handed on in the memory that it was read into: one more copy of every block takes
    a quarter as long as its decompression.
    """
    too_long = f"line is longer than {max_line_bytes:,} bytes, the limit for one record"
    carry, is_skipping, is_first = b"", False, True
    damage: Exception | None = None
    try:
        file = open_decompressed(path)
    except DAMAGED as fault:
        raise UnreadableFile(f"{path.name}: {_damaged(fault)}") from fault
    with file:
        while damage is None:
            data, damage = read_block(file, carry, BLOCK_BYTES)
            if len(data) == len(carry):
                break
            if is_first:
                mark = bytes(data[: len(_UTF8_MARK)])
                if mark.startswith(_UTF16_MARKS):
                    raise UnreadableFile(f"{path.name} is UTF-16; save it as UTF-8")
                if mark == _UTF8_MARK:
                    data = data[len(_UTF8_MARK) :]
                is_first = False
            if is_skipping:
                newline = bytes(data).find(b"\n")
                if newline < 0:
                    carry = b""
                    continue
                data = data[newline + 1 :]
                is_skipping = False
            end = _end_of_lines(data)
            carry = bytes(data[end + 1 :])
            if end >= 0:
                yield data[:end]
            if len(carry) > max_line_bytes and b"\n" not in carry:
                yield Unread(carry[:PAYLOAD_CHARACTERS], "line_too_long", too_long)
                carry, is_skipping = b"", True
    if damage is not None:
        if is_first:
            raise UnreadableFile(f"{path.name}: {_damaged(damage)}") from damage
        yield Unread(carry[:PAYLOAD_CHARACTERS], "truncated_file", _damaged(damage))
        return
    rest = carry.rstrip(_LINE_ENDS)
    if rest:
        yield memoryview(rest)


def _damaged(damage: Exception) -> str:
    return f"the file is damaged or cut off from here on ({damage})"


def _end_of_lines(data: memoryview) -> int:
    """Return the index of the newline after the last complete line that is not blank.

    A run of blank lines waits for the line that follows it: at the end of the file it is none.
    """
    last = _last_newline(data)
    if last < 1 or data[last - 1] not in _LINE_ENDS:
        return last
    filled = len(bytes(data[:last]).rstrip(_LINE_ENDS))
    return bytes(data).find(b"\n", filled) if filled else last


def _last_newline(data: memoryview) -> int:
    """Return the index of the last newline, -1 if there is none."""
    for end in range(len(data), 0, -_TAIL_BYTES):
        start = max(0, end - _TAIL_BYTES)
        found = bytes(data[start:end]).rfind(b"\n")
        if found >= 0:
            return start + found
    return -1
