"""A file of lines in an encoding that is stated in; its numbered lines out, in bounded memory.

Files in UTF-8 are read without a copy of their text, see ``ingest.sources.text_lines``.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from ingest.parsed import UnreadableFile
from ingest.readers.limited import limited_blocks
from ingest.readers.table_chunk import TableRequest
from ingest.readers.utf8 import utf8_blocks
from ingest.sources.text_lines import LineChunk, line_chunks, usable_lines


def read_lines(path: Path, request: TableRequest) -> Iterator[LineChunk]:
    """Yield the lines of ``path`` in the encoding of the request's options, else UTF-8.

    Raises
    ------
    UnreadableFile
        Also for a line beyond the limit in another encoding than UTF-8.
    """
    encoding = request.options.get("encoding", "utf-8")
    if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}:
        return line_chunks(path, request.entity, max_line_bytes=request.max_line_bytes)
    return _encoded_lines(path, request, encoding)


def _encoded_lines(path: Path, request: TableRequest, encoding: str) -> Iterator[LineChunk]:
    limit, read, carry = request.max_line_bytes, 0, b""
    for block in utf8_blocks(limited_blocks(path, request.max_bytes), encoding):
        # a run of blank lines waits: at the end of the file it is none
        lines, newline, carry = (carry + block).rpartition(b"\n")
        filled = lines.rstrip(b"\r\n")
        carry = lines[len(filled) :] + newline + carry
        if len(carry) > limit:
            raise UnreadableFile(f"has a line of more than {limit:,} bytes, the limit of a record")
        if filled:
            chunk = usable_lines(_split(filled), read, request.entity, limit)
            read += chunk.read
            carry = carry.removeprefix(b"\r").removeprefix(b"\n")
            yield chunk
    if rest := carry.rstrip(b"\r\n"):
        yield usable_lines(_split(rest), read, request.entity, limit)


def _split(lines: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in lines.decode().split("\n")]
