"""One sheet of an Excel workbook in; a frame of text columns out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl
import polars.selectors as cs

from ingest.errors import nearest
from ingest.parsed import UnreadableFile
from ingest.readers.east_asian_dates import readable_workbook
from ingest.readers.header import distinct_names
from ingest.readers.table_chunk import TableChunk, TableRequest

_HAS_VALUES = pl.any_horizontal(cs.string().str.strip_chars().str.len_bytes() > 0)
_NO_DAY = r"^1899-12-31 "
"""A time of the day without a day: there is no such day in a workbook."""
_LONG = r"^-?\d{16,300}$"
_EXACT = 1 << 53
_LOOKED_AT = 1_000

MAX_WORKBOOK_BYTES = 1 << 30
"""A workbook is read as a whole; Excel itself ends at a million rows."""


def read_sheet(path: Path, request: TableRequest) -> Iterator[TableChunk]:
    """Yield the rows of the sheet that ``options["sheet"]`` names, or of the first.

    The position is the row after the header; a row without a value is no record.
    """
    _refuse_bomb(path, min(request.max_bytes, MAX_WORKBOOK_BYTES))
    options = request.options
    header = options.get("header", True)
    notes: tuple[str, ...] = ()
    try:
        workbook = fastexcel.read_excel(readable_workbook(path))
        sheet = options.get("sheet", workbook.sheet_names[0])
        if sheet not in workbook.sheet_names:
            remedy = nearest(sheet, workbook.sheet_names)
            raise UnreadableFile(f"has no sheet {sheet!r}; {remedy}")
        loaded = workbook.load_sheet(
            sheet, header_row=None, skip_rows=int(options.get("skip_lines", 0)), dtypes="string"
        )
    # zipfile raises the last for an entry with a password
    except (fastexcel.FastExcelError, zipfile.BadZipFile, RuntimeError) as error:
        raise UnreadableFile(f"is no workbook that can be read ({error})") from error
    frame = _below_blanks(loaded.to_polars())
    if isinstance(header, list | tuple):
        names = list(header)
        if len(names) != frame.width:
            raise UnreadableFile(f"has {frame.width} columns, options.header {len(names)}")
    elif header is False or frame.is_empty():
        names = [f"column_{n}" for n in range(1, frame.width + 1)]
    else:
        names, notes = distinct_names([str(cell or "") for cell in frame.row(0)])
        frame = frame.slice(1)
    frame.columns = names
    positions = pl.int_range(1, frame.height + 1, eager=True).alias("$position")
    if frame.width:
        frame = frame.insert_column(0, positions).filter(_HAS_VALUES)
        frame = frame.with_columns(cs.string().str.replace(_NO_DAY, ""))
        yield TableChunk(frame.height, frame, notes=notes + _rounded(frame.select(names)))


def _below_blanks(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out the rows above the first that has a value."""
    has_values = frame.select(_HAS_VALUES).to_series() if frame.width else pl.Series([False])
    return frame.slice(has_values.arg_max() or 0) if has_values.any() else frame.clear()


def _rounded(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return what there is to say of numbers that have more digits than a workbook keeps."""
    return tuple(
        f"has numbers of more than 15 digits in {values.name!r}, which workbooks do not keep; "
        "such keys must be text there"
        for values in frame
        if _are_rounded(values.filter(values.str.contains(_LONG)))
    )


def _are_rounded(long: pl.Series) -> bool:
    # a text has any digits, a number those of a float
    return len(long) > 0 and all(
        abs(int(text)) > _EXACT and int(float(text)) == int(text) for text in long.head(_LOOKED_AT)
    )


def _refuse_bomb(path: Path, limit: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(f"is no xlsx workbook ({error})") from error
    if size > limit:
        raise UnreadableFile(f"has {size:,} bytes decompressed, more than {limit:,}")
