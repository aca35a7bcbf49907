"""Delimited text with quotes in the wrong places in; its records, as well as can be told, out.

Line by line in Python, since nothing else finds the way back after a quote that never closes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_LINES = 1_000
"""A quoted field of more lines than this is a quote that was never closed."""


@dataclass(frozen=True, slots=True)
class LenientRecord:
    """One record: its fields, or None if they cannot be told apart; and how it stands there."""

    lines_before: int
    fields: list[str] | None
    raw: str
    end: int


def lenient_records(
    buffer: bytes, delimiter: str, quote: str, width: int, max_bytes: int, *, is_last: bool
) -> Iterator[LenientRecord]:
    """Yield the records of ``buffer`` that are complete.

    A record is what the quotes say if it then has ``width`` fields, else the line alone, with
    its quotes taken as quotes or else as letters.
    """
    lines = buffer.split(b"\n")
    last = len(lines) if is_last else len(lines) - 1
    offset = index = 0
    while index < last:
        taken, fields = _joined(lines, index, last, delimiter, quote, width, max_bytes)
        if taken == 0 and not is_last and len(buffer) - offset <= max_bytes:
            return  # the closing quote may be in the next block
        taken = max(taken, 1)
        raw = b"\n".join(lines[index : index + taken])
        text = raw.decode("utf-8", "replace").removesuffix("\r")
        if fields is None:
            fields = _alone(text, delimiter, quote, width)
        offset = min(offset + len(raw) + 1, len(buffer))
        yield LenientRecord(index, fields, text, offset)
        index += taken


def _joined(
    lines: list[bytes], first: int, last: int, delimiter: str, quote: str, width: int, most: int
) -> tuple[int, list[str] | None]:
    """Join lines until the quotes are even; 0 lines if they never are."""
    mark = quote.encode()
    quotes = size = 0
    for index in range(first, min(last, first + _MOST_LINES)):
        quotes += lines[index].count(mark)
        size += len(lines[index]) + 1
        if size > most and index > first:
            return 1, None
        if quotes % 2 == 0:
            text = b"\n".join(lines[first : index + 1]).decode("utf-8", "replace")
            fields = _parsed(text.removesuffix("\r"), delimiter, quote)
            if fields is not None and len(fields) == width:
                return index - first + 1, fields
            if index == first:
                return 1, None
    return (0, None) if last - first < _MOST_LINES else (1, None)


def _parsed(text: str, delimiter: str, quote: str) -> list[str] | None:
    try:
        records = list(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _alone(text: str, delimiter: str, quote: str, width: int) -> list[str] | None:
    try:
        records = list(csv.reader([text], delimiter=delimiter, quotechar=quote))
    except csv.Error:
        records = []
    for fields in (records[0] if records else [], text.split(delimiter)):
        if len(fields) == width:
            return fields
    return None
