"""CSV and TSV files in; frames of text columns out, in bounded memory.

A record with the wrong number of fields, or longer than the limit, is rejected with its line
number, and nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.parsed import UnreadableFile
from ingest.readers.header import stated_delimiter, take_header
from ingest.readers.limited import limited_blocks
from ingest.readers.record_frames import Place, record_chunks
from ingest.readers.table_chunk import TableChunk, TableRequest
from ingest.readers.utf8 import utf8_blocks


def read_delimited(path: Path, request: TableRequest, delimiter: str) -> Iterator[TableChunk]:
    """Yield the records of a file; positions count records from 1, without header and blanks.

    Parameters
    ----------
    delimiter
        Delimiter if the options name none.
    """
    options = request.options
    delimiter, quote = options.get("delimiter", delimiter), options.get("quote", '"')
    pieces: Iterable[bytes] = utf8_blocks(
        limited_blocks(path, request.max_bytes), options.get("encoding", "utf-8")
    )
    if delimiter == "whitespace":
        delimiter, quote, pieces = "\t", "", _single_tabs(pieces)
    carry = b""
    place: Place | None = None
    for piece, is_last in _with_last(pieces):
        buffer = carry + piece
        start = 0
        if place is None:
            delimiter = stated_delimiter(buffer) or delimiter
            header = take_header(buffer, delimiter, quote, options, is_last=is_last)
            if header is None:
                if len(buffer) > request.max_line_bytes:
                    raise UnreadableFile(
                        f"its header is longer than {request.max_line_bytes:,} bytes, the limit of "
                        "a record; is it a delimited file?"
                    )
                carry = buffer
                continue
            place = Place(
                header.names, delimiter, quote, request, header=header.text, line=header.lines + 1
            )
            place.notes |= dict.fromkeys(header.notes)
            start = header.end
        carry = buffer[start:]
        done = 0
        for chunk, end in record_chunks(carry, place, is_last=is_last):
            yield chunk
            done = end
        carry = carry[done:]


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for piece in pieces:
        yield piece, False
    yield b"", True


def _single_tabs(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Turn every run of blanks into one tab, and drop those at both ends of a line."""
    carry = b""
    for piece, is_last in _with_last(pieces):
        lines = carry + piece
        end = len(lines) if is_last else lines.rfind(b"\n") + 1
        body, carry = lines[:end], lines[end:]
        body = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", body)
        yield re.sub(rb"[ \t]+", b"\t", body)
