"""One sheet of an Excel workbook in; a frame of text columns out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from ingest.errors import nearest
from ingest.parsed import UnreadableFile
from ingest.readers.header import distinct_names
from ingest.readers.table_chunk import TableChunk, TableRequest

MAX_WORKBOOK_BYTES = 1 << 30
"""A workbook is read as a whole; Excel itself ends at a million rows."""


def read_sheet(path: Path, request: TableRequest) -> Iterator[TableChunk]:
    """Yield the rows of the sheet that ``options["sheet"]`` names, or of the first.

    The position is the row after the header.
    """
    _refuse_bomb(path, min(request.max_bytes, MAX_WORKBOOK_BYTES))
    options = request.options
    header = options.get("header", True)
    notes: tuple[str, ...] = ()
    try:
        workbook = fastexcel.read_excel(path)
        sheet = options.get("sheet", workbook.sheet_names[0])
        if sheet not in workbook.sheet_names:
            remedy = nearest(sheet, workbook.sheet_names)
            raise UnreadableFile(f"has no sheet {sheet!r}; {remedy}")
        loaded = workbook.load_sheet(
            sheet, header_row=None, skip_rows=int(options.get("skip_lines", 0)), dtypes="string"
        )
    except fastexcel.FastExcelError as error:
        raise UnreadableFile(f"is no workbook that can be read ({error})") from error
    frame = loaded.to_polars()
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
        frame.insert_column(0, positions)
        yield TableChunk(frame.height, frame, notes=notes)


def _refuse_bomb(path: Path, limit: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(f"is no xlsx workbook ({error})") from error
    if size > limit:
        raise UnreadableFile(f"has {size:,} bytes decompressed, more than {limit:,}")
