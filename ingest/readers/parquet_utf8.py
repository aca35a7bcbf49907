"""A table of a Parquet file in; the same with texts in UTF-8, which Polars takes for granted, out.

Impala and older Spark write the bytes they were given as texts. Over one that is no UTF-8 Polars
panics far from here, if at all.
"""

from __future__ import annotations

import pyarrow as pa

from ingest.readers.utf8 import text_of

NOTE = "has texts that are no UTF-8; they were read as Windows-1252"


def with_utf8(table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the table with all of its texts in UTF-8, and what is to be noted.

    Raises
    ------
    pa.ArrowException
        If the file is damaged in another way than by its texts.
    """
    if _is_valid(table):
        return table, ()
    for index, field in enumerate(table.schema):
        column = table.column(index)
        if not _is_valid(column):
            table = table.set_column(index, field.name, _repaired(column))
    table.validate(full=True)
    return table, (NOTE,)


def _is_valid(data: pa.Table | pa.ChunkedArray) -> bool:
    try:
        data.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _repaired(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    kind = column.type
    if pa.types.is_nested(kind):
        # what is no text becomes one with all other bytes that a column may hold within lists
        return column.cast(_of_bytes(kind))
    values = column.cast(_of_bytes(kind)).to_pylist()
    return pa.array([None if value is None else text_of(value) for value in values], pa.string())


def _of_bytes(kind: pa.DataType) -> pa.DataType:
    """Return the type with bytes in place of texts."""
    if pa.types.is_string(kind):
        return pa.binary()
    if pa.types.is_large_string(kind):
        return pa.large_binary()
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_of_bytes(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_of_bytes(field.type)) for field in kind])
    return kind
