"""The beginning of a delimited file in; the names of its columns out."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.readers.utf8 import IN_WINDOWS_1252, repaired

MAX_COLUMNS = 5_000
OUR_NAMES = frozenset({"$position", "$file", "$path", "$ingested_at", "$attributes"})
"""Columns that the loader adds to a file's own."""


_SEPARATOR = re.compile(rb"\"?sep=([\t !#-~])\"?\r?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns, and where the records begin.

    Parameters
    ----------
    end
        Offset of the first record.
    lines
        Physical lines before it.
    text
        The header as it stands there, with its line end; empty if the file has none, or one column
        only, whose name may be a value of it.
    """

    names: list[str]
    end: int
    lines: int
    notes: tuple[str, ...] = ()
    text: bytes = b""


def stated_delimiter(buffer: bytes) -> str | None:
    """Return what the first line says if it is Excel's ``sep=;``, which is no line of the table."""
    newline = buffer.find(b"\n")
    first = _SEPARATOR.fullmatch(buffer, 0, len(buffer) if newline < 0 else newline)
    return None if first is None else first[1].decode()


def take_header(
    buffer: bytes, delimiter: str, quote: str, options: dict[str, Any], *, is_last: bool
) -> Header | None:
    """Read the lines to skip and the header; None if they are not complete yet.

    ``options["header"]`` is true, false (columns are called column_1 and so on) or the list of
    names; ``options["skip_lines"]`` counts lines before the header.
    """
    setting = options.get("header", True)
    to_skip = int(options.get("skip_lines", 0)) or int(stated_delimiter(buffer) is not None)
    end = lines = 0
    while end < len(buffer):
        newline = buffer.find(b"\n", end)
        if newline < 0 and not is_last:
            return None
        line_end = len(buffer) if newline < 0 else newline
        line = buffer[end:line_end].strip(b"\r \t")
        if to_skip > 0:
            to_skip -= 1
        elif line:
            break
        end, lines = line_end + 1, lines + 1
    else:
        return Header([], min(end, len(buffer)), lines) if is_last else None
    if isinstance(setting, list | tuple):
        return Header(list(setting), end, lines)
    line_end = end
    while True:
        newline = buffer.find(b"\n", line_end)
        line_end = len(buffer) if newline < 0 else newline
        text = buffer[end:line_end]
        lines += 1
        if not quote or text.count(quote.encode()) % 2 == 0:
            break
        if newline < 0:
            if not is_last:
                return None
            raise UnreadableFile("its header has a quote that is never closed")
        line_end += 1
    if newline < 0 and not is_last and setting is not False:
        return None
    text, repairs = repaired(text)
    fields = _fields(text, delimiter, quote)
    if len(fields) > MAX_COLUMNS:
        raise UnreadableFile(f"its header has {len(fields):,} columns; is the delimiter right?")
    if setting is False:
        return Header([f"column_{n}" for n in range(1, len(fields) + 1)], end, lines - 1)
    names, notes = distinct_names(fields)
    if repairs:
        notes = (*notes, IN_WINDOWS_1252)
    header = buffer[end : line_end + 1] if len(names) > 1 else b""
    return Header(names, min(line_end + 1, len(buffer)), lines, notes, header)


def distinct_names(fields: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Name the nameless columns by their place, and number those whose name came before."""
    names: list[str] = []
    notes: list[str] = []
    taken = set(OUR_NAMES)
    for place, field in enumerate(fields, 1):
        name = field.strip() or f"column_{place}"
        if name in taken:
            number = 2
            while f"{name}_{number}" in taken:
                number += 1
            why = (
                f"{name!r} is a name of ours"
                if name in OUR_NAMES
                else (f"there are several columns {name!r}")
            )
            notes.append(f"{why}; one is called {name}_{number}")
            name = f"{name}_{number}"
        names.append(name)
        taken.add(name)
    return names, tuple(notes)


def _fields(text: bytes, delimiter: str, quote: str) -> list[str]:
    decoded = text.decode().rstrip("\r\n")
    if not quote:
        return decoded.split(delimiter)
    try:
        return next(csv.reader([decoded], delimiter=delimiter, quotechar=quote), [])
    except csv.Error as error:
        raise UnreadableFile(f"its header cannot be read: {error}") from error
