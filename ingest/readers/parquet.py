"""Parquet files in; frames of typed columns out, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.parsed import UnreadableFile
from ingest.readers.header import OUR_NAMES, distinct_names
from ingest.readers.parquet_plain import (
    is_of_fixed_length,
    needs_texts,
    text_or_digits,
    with_texts,
)
from ingest.readers.parquet_utf8 import with_utf8
from ingest.readers.table_chunk import CHUNK_ROWS, TableChunk, TableRequest


def read_parquet(path: Path, request: TableRequest) -> Iterator[TableChunk]:
    """Yield the rows of a file; the position is the row."""
    try:
        file = pq.ParquetFile(path)
        size = sum(
            file.metadata.row_group(group).total_byte_size
            for group in range(file.metadata.num_row_groups)
        )
        if size > request.max_bytes:
            raise UnreadableFile(
                f"has {size:,} bytes decompressed, more than {request.max_bytes:,}; if that is "
                "right, raise options.max_bytes of the source"
            )
        names, notes = _names(file.schema_arrow.names)
        position = 0
        for batch in file.iter_batches(batch_size=CHUNK_ROWS):
            table, repairs = with_utf8(pa.Table.from_batches([batch]).rename_columns(names))
            frame = _frame(table)
            positions = pl.int_range(position + 1, position + 1 + frame.height, eager=True)
            frame.insert_column(0, positions.alias("$position"))
            position += frame.height
            yield TableChunk(frame.height, frame, notes=notes + repairs)
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise UnreadableFile(f"is no Parquet file that can be read ({error})") from error


def _names(names: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return names that differ; those that come twice or are ours are numbered."""
    if len(set(names)) == len(names) and not OUR_NAMES.intersection(names):
        return names, ()
    return distinct_names(names)


def _frame(table: pa.Table) -> pl.DataFrame:
    """Make of an Arrow table what Polars reads, and what JSON can hold."""
    hexadecimal = []
    for index, field in enumerate(table.schema):
        if pa.types.is_decimal256(field.type):
            # of BigQuery's BIGNUMERIC; Polars has 38 digits and ends with a panic over more
            table = table.set_column(index, field.name, table.column(index).cast(pa.string()))
        elif needs_texts(field.type):
            table = table.set_column(index, field.name, with_texts(table.column(index)))
        elif is_of_fixed_length(field.type):
            hexadecimal.append(field.name)
    frame = pl.DataFrame(table)
    if not (found := frame.select(cs.binary())).width:
        return frame
    return frame.with_columns(
        values.bin.encode("hex") if values.name in hexadecimal else _text(values)
        for values in found
    )


def _text(values: pl.Series) -> pl.Series:
    """Return bytes as text: many a writer (Impala, older Spark) does not say that they are."""
    try:
        return values.cast(pl.String)
    except pl.exceptions.ComputeError:
        return values.map_elements(text_or_digits, return_dtype=pl.String)
