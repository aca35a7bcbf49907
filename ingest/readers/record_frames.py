"""Bytes of delimited records in; chunks of text columns and of rejected records out.

Well-formed blocks are cut by NumPy and read by Polars; a block in which quotes are not where they
belong goes through ``stray_quotes`` line by line.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.parsed import REJECTED_SCHEMA
from ingest.readers.record_cut import Cut, cut_records
from ingest.readers.stray_quotes import lenient_records
from ingest.readers.table_chunk import TableChunk, TableRequest
from ingest.readers.tidy import is_tidy
from ingest.readers.utf8 import IN_WINDOWS_1252, repaired

_SHOWN_BYTES = 65_536
_NO_RECORDS = "has lines that are no records, as options.no_records says"
_AGAIN = "has its header again among its lines, where it is no record"


@dataclass(slots=True)
class Place:
    """Where in the file the reader is, and what it knows of it.

    Parameters
    ----------
    header
        As it stands in the file, with its line end; empty if it may be a record.
    """

    names: list[str]
    delimiter: str
    quote: str
    request: TableRequest
    header: bytes = b""
    line: int = 1
    position: int = 0
    is_skipping: bool = False
    notes: dict[str, None] = field(default_factory=dict)
    no_records: str | None = field(init=False)

    def __post_init__(self) -> None:
        """Take from the options what finds lines that are no records."""
        self.no_records = self.request.options.get("no_records") or None

    def is_no_record(self, raw: bytes) -> bool:
        """Say whether a line is the header once more, or none by the options."""
        if raw.removeprefix(codecs.BOM_UTF8) == self.header.rstrip(b"\r\n"):
            self.notes[_AGAIN] = None
            return True
        if self.no_records is not None and re.search(self.no_records.encode(), raw):
            self.notes[_NO_RECORDS] = None
            return True
        return False


def record_chunks(
    buffer: bytes, place: Place, *, is_last: bool
) -> Iterator[tuple[TableChunk, int]]:
    """Yield the complete records of ``buffer``, each time with the offset after them."""
    start = 0
    if place.is_skipping:
        start = buffer.find(b"\n") + 1
        if start == 0:
            yield TableChunk(0, _empty(place)), len(buffer)
            return
        place.is_skipping = False
        place.line += 1
        buffer = buffer[start:]
    if not buffer:
        return
    cut = cut_records(buffer, place.delimiter, place.quote, is_last=is_last)
    rest = len(buffer) - cut.end if cut is not None else 0
    if cut is None or rest > place.request.max_line_bytes or (is_last and rest):
        yield from _lenient(buffer, start, place, is_last=is_last)
    elif cut.ends.size:
        yield _fast(buffer, cut, place), start + cut.end
    elif start:
        yield TableChunk(0, _empty(place)), start


def _fast(buffer: bytes, cut: Cut, place: Place) -> TableChunk:
    """Read records whose bounds are known."""
    lengths = cut.ends - cut.starts
    is_record = lengths > 0
    is_record[_repeated_headers(buffer, cut, place)] = False
    is_record[_stated_to_be_none(buffer, cut, place)] = False
    is_long = lengths > place.request.max_line_bytes
    is_good = is_record & ~is_long & (cut.fields == len(place.names))
    positions = place.position + np.cumsum(is_record)
    body = _of_records(buffer, cut, is_good)
    frame = _frame(body, place, int(is_good.sum()))
    frame.insert_column(0, pl.Series("$position", positions[is_good], dtype=pl.Int64))
    rejected = []
    for index in np.flatnonzero(is_record & ~is_good):
        raw = buffer[cut.starts[index] : cut.ends[index]]
        line = place.line + cut.lines_before(int(cut.starts[index]))
        reason = (
            _too_long(line, place)
            if is_long[index]
            else _ragged(line, int(cut.fields[index]), place)
        )
        rejected.append((int(positions[index]), *reason, raw))
    read = int(is_record.sum())
    place.position += read
    place.line += cut.lines_before(cut.end)
    return TableChunk(
        read,
        frame,
        _rejected(rejected, place),
        tuple(place.notes),
        is_tidy=is_tidy(body, place.delimiter, place.quote),
    )


def _repeated_headers(buffer: bytes, cut: Cut, place: Place) -> list[int]:
    """Return which records are the header once more, as in files that were put together."""
    found: list[int] = []
    if not place.header.endswith(b"\n"):
        return found
    at = buffer.find(place.header)
    while at >= 0:
        index = int(np.searchsorted(cut.starts, at, side="right")) - 1
        end = at + len(place.header.rstrip(b"\r\n"))
        if cut.ends[index] == end and buffer[cut.starts[index] : at] in {b"", codecs.BOM_UTF8}:
            found.append(index)
            place.notes[_AGAIN] = None
        at = buffer.find(place.header, end)
    return found


def _stated_to_be_none(buffer: bytes, cut: Cut, place: Place) -> list[int]:
    """Return which records the options call none, such as the footer of a report."""
    found: list[int] = []
    if place.no_records is None:
        return found
    for match in re.finditer(place.no_records.encode(), buffer[: cut.end], re.MULTILINE):
        index = int(np.searchsorted(cut.starts, match.start(), side="right")) - 1
        # a line within quotes begins no record
        if place.is_no_record(buffer[cut.starts[index] : cut.ends[index]]):
            found.append(index)
    return found


def _of_records(buffer: bytes, cut: Cut, is_good: npt.NDArray[np.bool_]) -> bytes:
    """Return the bytes of these records alone, in pieces between those that are left out."""
    left_out = np.flatnonzero(~is_good)
    bounds = np.append(cut.starts, cut.end)
    pieces = zip(
        np.append(0, bounds[left_out + 1]).tolist(),
        np.append(bounds[left_out], cut.end).tolist(),
        strict=True,
    )
    view = memoryview(buffer)
    return b"".join(view[start:end] for start, end in pieces)


def _frame(body: bytes, place: Place, height: int) -> pl.DataFrame:
    """Read records of the right width."""
    if height == 0:
        return _empty(place).drop("$position")
    body, repairs = repaired(body)
    if repairs:
        place.notes[IN_WINDOWS_1252] = None
    frame = pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        new_columns=place.names,
        separator=place.delimiter,
        quote_char=place.quote or None,
        infer_schema=False,
    )
    if frame.height != height:
        raise ValueError(f"{height} records were found, but {frame.height} read")
    return frame


def _lenient(
    buffer: bytes, start: int, place: Place, *, is_last: bool
) -> Iterator[tuple[TableChunk, int]]:
    """Read records whose quotes are not in place, one by one."""
    limit = place.request.max_line_bytes
    buffer, repairs = repaired(buffer)
    if repairs:
        place.notes[IN_WINDOWS_1252] = None
    positions: list[int] = []
    rows: list[list[str]] = []
    rejected = []
    end = read = 0
    for record in lenient_records(
        buffer, place.delimiter, place.quote, len(place.names), limit, is_last=is_last
    ):
        end = record.end
        if not record.raw:
            continue
        if place.is_no_record(record.raw.encode()):
            continue
        read += 1
        position, line = place.position + read, place.line + record.lines_before
        if len(record.raw) > limit:
            rejected.append((position, *_too_long(line, place), record.raw.encode()))
        elif record.fields is None:
            reason = f"line {line} has no {len(place.names)} fields, or a quote out of place"
            rejected.append((position, "malformed_line", reason, record.raw.encode()))
        else:
            positions.append(position)
            rows.append(record.fields)
    if len(buffer) - end > limit:
        # a line that goes on beyond the limit: its beginning is shown, the rest passed over
        read += 1
        line = place.line + buffer.count(b"\n", 0, end)
        rejected.append((place.position + read, *_too_long(line, place), buffer[end:]))
        end, place.is_skipping = len(buffer), True
    columns = {name: [row[i] for row in rows] for i, name in enumerate(place.names)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(place.names, pl.String()))
    frame.insert_column(0, pl.Series("$position", positions, dtype=pl.Int64))
    place.position += read
    place.line += buffer.count(b"\n", 0, end)
    yield TableChunk(read, frame, _rejected(rejected, place), tuple(place.notes)), start + end


def _empty(place: Place) -> pl.DataFrame:
    return pl.DataFrame(schema={"$position": pl.Int64(), **dict.fromkeys(place.names, pl.String())})


def _ragged(line: int, fields: int, place: Place) -> tuple[str, str]:
    return "malformed_line", f"line {line} has {fields} fields, not {len(place.names)}"


def _too_long(line: int, place: Place) -> tuple[str, str]:
    limit = place.request.max_line_bytes
    return "line_too_long", f"line {line} is longer than {limit:,} bytes, the limit of a record"


def _rejected(found: list[tuple[int, str, str, bytes]], place: Place) -> pl.DataFrame:
    rows = [
        (position, place.request.entity, code, reason, _shown(raw))
        for position, code, reason, raw in found
    ]
    return pl.DataFrame(rows, schema=REJECTED_SCHEMA, orient="row")


def _shown(raw: bytes) -> str:
    return raw[:_SHOWN_BYTES].decode("utf-8", "replace")
