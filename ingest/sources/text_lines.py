"""A text file of one record a line in; frames of numbered lines out, in bounded memory.

Position is the line number. Blank lines at the end of the file are no records; any other line
is, and one that cannot be read is rejected here: blank, too long, or cut off with its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ingest.parsed import no_rejects
from ingest.source import Source
from ingest.sources.line_bodies import Unread, line_bodies
from ingest.sources.line_views import line_views
from ingest.sources.rejects import one_reject, rejected_lines

MAX_LINE_BYTES = 1_000_000
"""Segment limits an event to 32 kB and web servers a request line to 8 kB: a longer line is a
file of another kind, and reading it whole could exhaust memory."""
CHUNK_LINES = 200_000

_MAY_BE_BLANK_BYTES = 40
"""Looking for blanks in every line costs more than splitting them; a longer line of nothing but
blanks is the parser's to reject."""


@dataclass(slots=True)
class LineChunk:
    """Consecutive lines of one file.

    Parameters
    ----------
    read
        Lines in the chunk, readable or not.
    lines
        ``position`` (Int64), ``line`` (String), ``is_utf8`` (Boolean; false where the bytes were
        no UTF-8 and are shown as Windows-1252).
    """

    read: int
    lines: pl.DataFrame
    rejected: pl.DataFrame


def line_limit(source: Source) -> int:
    """Return how long a line of the source may be, by its option ``max_line_bytes``."""
    return int(source.options.get("max_line_bytes", MAX_LINE_BYTES))


def line_chunks(
    path: Path, entity: str, *, max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[LineChunk]:
    """Yield the lines of ``path``, at most 200,000 at a time.

    Raises
    ------
    UnreadableFile
        If not even the first line can be read, or the file is UTF-16.
    """
    position = 0
    for body in line_bodies(path, max_line_bytes):
        if isinstance(body, Unread):
            position += 1
            head = body.head.decode("utf-8", "replace")
            reject = one_reject(position, entity, body.reason_code, body.reason, head)
            yield LineChunk(1, _numbered([], [], position), reject)
            continue
        lines = _lines(body, position)
        position += len(lines)
        for chunk in lines.iter_slices(CHUNK_LINES):
            yield _without_unusable(chunk, entity, max_line_bytes)


def usable_lines(lines: list[str], before: int, entity: str, max_line_bytes: int) -> LineChunk:
    """Return lines that come after ``before`` others; blank and too long ones are rejected."""
    numbered = _numbered(lines, [True] * len(lines), before)
    return _without_unusable(numbered, entity, max_line_bytes)


def _lines(body: memoryview, before: int) -> pl.DataFrame:
    line = line_views(body)
    if line is None:
        return _mixed_lines(body, before)
    return _numbered(line, pl.repeat(True, len(line), eager=True), before)


def _mixed_lines(body: memoryview, before: int) -> pl.DataFrame:
    """Decode line by line: one line in another encoding must not cost the others."""
    texts, is_utf8 = [], []
    for line in bytes(body).split(b"\n"):
        try:
            texts.append(line.decode("utf-8").removesuffix("\r"))
            is_utf8.append(True)
        except UnicodeDecodeError:
            texts.append(_from_windows(line).removesuffix("\r"))
            is_utf8.append(False)
    return _numbered(texts, is_utf8, before)


def _from_windows(line: bytes) -> str:
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _numbered(
    line: pl.Series | list[str], is_utf8: pl.Series | list[bool], before: int
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "position": pl.int_range(before + 1, before + 1 + len(line), eager=True),
            "line": pl.Series(line, dtype=pl.String),
            "is_utf8": pl.Series(is_utf8, dtype=pl.Boolean),
        }
    )


def _without_unusable(chunk: pl.DataFrame, entity: str, max_line_bytes: int) -> LineChunk:
    size = chunk["line"].str.len_bytes()
    short = chunk.filter(size < min(_MAY_BE_BLANK_BYTES, max_line_bytes + 1))
    blank = short.filter(pl.col("line").str.strip_chars() == "")
    is_long = size > max_line_bytes
    if blank.is_empty() and not is_long.any():
        return LineChunk(len(chunk), chunk, no_rejects())
    long = chunk.filter(is_long)
    unusable = pl.concat([blank["position"], long["position"]])
    usable = chunk.filter(~pl.col("position").is_in(unusable.implode()))
    too_long = f"line is longer than {max_line_bytes:,} bytes, the limit for one record"
    rejected = pl.concat(
        [
            rejected_lines(blank, entity, "empty_line", "blank line"),
            rejected_lines(long, entity, "line_too_long", too_long),
        ]
    )
    return LineChunk(len(chunk), usable, rejected)
