"""Parquet files in; frames of typed columns out, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.parsed import UnreadableFile
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
        position = 0
        for batch in file.iter_batches(batch_size=CHUNK_ROWS):
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            positions = pl.int_range(position + 1, position + 1 + frame.height, eager=True)
            frame.insert_column(0, positions.alias("$position"))
            position += frame.height
            yield TableChunk(frame.height, frame)
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise UnreadableFile(f"is no Parquet file that can be read ({error})") from error
