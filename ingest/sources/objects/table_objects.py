"""A CSV or TSV file of a CRM's objects in; its canonical rows out, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import polars.selectors as cs

from ingest.contracts import CONTRACTS
from ingest.expressions.empty_text import null_if_empty
from ingest.parsed import Parsed, UnreadableFile
from ingest.readers import TableChunk, TableRequest
from ingest.readers.delimited import read_delimited
from ingest.readers.header import distinct_names
from ingest.sources.objects.convert import convert
from ingest.sources.objects.native_object import NativeObject
from ingest.sources.objects.object_file import UNKNOWN, ObjectFile, add_rows
from ingest.sources.objects.object_name import object_with_fields


def read_table_objects(file: ObjectFile) -> Iterator[Parsed]:
    """Yield the rows of a table; all of them are of one object."""
    request = TableRequest(entity=UNKNOWN, used=(), options=file.source.options)
    native = None
    for chunk in read_delimited(file.path, request, "\t" if ".tsv" in file.path.suffixes else ","):
        if native is None and not chunk.frame.is_empty():
            native = file.by_option or _object_of(chunk.frame, file)
            file.require_place(native)
            if native is not None:
                _require_ids(native, _with_field_names(chunk.frame, file, native))
        if native is None:
            yield Parsed(chunk.read, rejected=chunk.rejected, notes=chunk.notes)
        else:
            yield _parsed(chunk, native, file)


def _require_ids(native: NativeObject, frame: pl.DataFrame) -> None:
    """Refuse a table of which no record has an id, rather than each of its rows."""
    first = native.maps[0]
    key = next(column.name for column in CONTRACTS[first.entity].columns if column.key)
    field = first.columns.get(key)
    if first.rows is None and isinstance(field, str) and field not in frame.columns:
        raise UnreadableFile(
            f"has no column with the ids of {native.name} ({field}). Titles in other languages "
            "than English, and those that an account has changed, are not understood: export the "
            "internal names of the fields"
        )


def _object_of(frame: pl.DataFrame, file: ObjectFile) -> NativeObject | None:
    named = _with_field_names(frame, file, None)
    by_id = file.format.by_id(named)
    if by_id is not None or file.by_path is not None:
        return by_id or file.by_path
    ids = named["Id"].drop_nulls() if "Id" in named.columns else pl.Series()
    return object_with_fields(named.columns, file.format.with_id(ids.first()))


def _with_field_names(
    frame: pl.DataFrame, file: ObjectFile, native: NativeObject | None
) -> pl.DataFrame:
    """Rename the columns of a file to fields; the second of the same name is numbered.

    Names that begin with $ are the engine's own.
    """
    header = [name for name in frame.columns if name != "$position"]
    fields = file.format.field_names([name.lstrip("$") for name in header], native)
    return frame.rename(dict(zip(header, distinct_names(fields)[0], strict=True)))


def _parsed(chunk: TableChunk, native: NativeObject, file: ObjectFile) -> Parsed:
    frame = _with_field_names(chunk.frame, file, native)
    rejected = chunk.rejected.with_columns(entity=pl.lit(native.entity))
    if frame.is_empty():
        return Parsed(chunk.read, rejected=rejected, notes=chunk.notes)
    frame = frame.with_columns(null_if_empty(cs.string().str.strip_chars()))
    converted = convert(frame, native, file.source, file.label)
    parsed = Parsed(chunk.read, notes=chunk.notes)
    add_rows(parsed, converted.rows)
    parsed.rejected = pl.concat([rejected, converted.rejected])
    return parsed
