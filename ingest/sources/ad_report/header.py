"""The beginning of an advertising report in; where its table begins and what it says above out."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.readers.header import distinct_names
from ingest.readers.limited import limited_blocks
from ingest.readers.table_chunk import MAX_BYTES
from ingest.readers.utf8 import repaired, utf8_blocks

_MAX_LINES = 100
_MAX_LINE_CHARACTERS = 65_536
_HEAD_BYTES = 1 << 20
_FEWEST_KNOWN = 3
"""A title such as "Cost" alone is no header; no report without three of its columns is of use."""

_CURRENCY = re.compile(r"\s*\(([A-Z]{3})\)\s*$")


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """Where the table begins, and what stands above it.

    Parameters
    ----------
    line
        Physical lines before the header.
    names
        Columns as the reader calls them.
    places
        Name of the column by what it holds.
    preamble
        Lines above the header.
    """

    line: int
    delimiter: str
    names: tuple[str, ...]
    places: dict[str, str]
    preamble: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def currency_of(self, kind: str) -> str | None:
        """Return the currency that stands in brackets behind a column's name."""
        found = _CURRENCY.search(self.places.get(kind, ""))
        return found.group(1) if found else None

    def is_titled(self, pattern: str) -> bool:
        """Return whether a line above the table begins with ``pattern``."""
        return any(re.match(pattern, line.lstrip('\ufeff"')) for line in self.preamble)

    def said(self, label: str) -> str | None:
        """Return what stands above the table behind ``label`` and a colon."""
        for line in self.preamble:
            if found := re.search(rf'\b{label}:[\s",;]*([^"\n]*)', line, flags=re.IGNORECASE):
                return found.group(1).strip() or None
        return None


def find_header(
    path: Path, options: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]]
) -> ReportHeader:
    """Find the line with the most columns that are known.

    Raises
    ------
    UnreadableFile
        If none of the first 100 lines has three of them.
    """
    lines = _first_lines(path, str(options.get("encoding", "utf-8")))
    best: ReportHeader | None = None
    for number, line in enumerate(lines):
        for delimiter in (",", "\t", ";"):
            fields = _fields(line, delimiter)
            if len(fields) < _FEWEST_KNOWN:
                continue
            names, notes = distinct_names(fields)
            places = _places(names, columns)
            if len(places) >= _FEWEST_KNOWN and (best is None or len(places) > len(best.places)):
                above = tuple(lines[:number])
                best = ReportHeader(number, delimiter, tuple(names), places, above, notes)
    if best is None:
        wanted = ", ".join(columns[kind][0] for kind in ("day", "ad_campaign_id", "spend"))
        raise UnreadableFile(
            f"has no line of column names such as {wanted}; export the report in English, as CSV, "
            "or name its columns under options.columns"
        )
    return best


def folded(name: str) -> str:
    """Return a name without case, blanks, punctuation and a currency in brackets."""
    return re.sub(r"[\W_]+", "", _CURRENCY.sub("", name)).lower()


def _places(names: list[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(folded(name), name)
    places = {}
    for kind, labels in columns.items():
        label = next((label for label in labels if folded(label) in by_folded), None)
        if label is not None:
            places[kind] = by_folded[folded(label)]
    return places


def _first_lines(path: Path, encoding: str) -> list[str]:
    block = next(limited_blocks(path, MAX_BYTES), b"")[:_HEAD_BYTES]
    if block.startswith(b"PK\x03\x04"):
        raise UnreadableFile("is a zip archive; unpack it into landing/")
    head = next(utf8_blocks(iter([block]), encoding), b"")
    if not head.strip():
        raise UnreadableFile("is empty")
    return repaired(head)[0].decode().split("\n")[:_MAX_LINES]


def _fields(line: str, delimiter: str) -> list[str]:
    # an open quote would have the reader take the next line for a part of a name
    if len(line) > _MAX_LINE_CHARACTERS or delimiter not in line or line.count('"') % 2:
        return []
    try:
        return next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])
    except csv.Error:
        return []
