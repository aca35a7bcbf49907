"""A query's result as CSV, JSON or Parquet, a batch of rows at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import duckdb

BATCH_ROWS = 10_000

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a cell's text for a formula."""


def batches(result: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of an executed query, a bounded number at a time."""
    while rows := result.fetchmany(BATCH_ROWS):
        yield rows


def column_names(result: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the columns of an executed query."""
    return [str(column[0]) for column in result.description or []]


def plain(value: Any) -> Any:
    """Return a value that JSON knows; decimals as text, so that no cent is rounded."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | timedelta):
        return str(value)
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def cell(value: Any) -> Any:
    """Return a value for a CSV cell; text that a spreadsheet would run gets a quote before it."""
    if isinstance(value, list | tuple | dict):
        value = json.dumps(plain(value), ensure_ascii=False)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return plain(value)


def write_csv(result: duckdb.DuckDBPyConnection, out: IO[str]) -> int:
    """Write comma-separated values with a header line and return the number of rows."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([cell(name) for name in column_names(result)])
    rows = 0
    for batch in batches(result):
        writer.writerows([cell(value) for value in row] for row in batch)
        rows += len(batch)
    return rows


def write_json(result: duckdb.DuckDBPyConnection, out: IO[str]) -> int:
    """Write an array of objects, one per line, and return the number of rows."""
    names = column_names(result)
    rows = 0
    out.write("[")
    for batch in batches(result):
        for row in batch:
            out.write(",\n" if rows else "\n")
            json.dump(
                {name: plain(value) for name, value in zip(names, row, strict=True)},
                out,
                ensure_ascii=False,
            )
            rows += 1
    out.write("\n]\n" if rows else "]\n")
    return rows


def write_parquet(result: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write a Parquet file with the types of the query and return the number of rows."""
    import pyarrow.parquet as pq

    reader = result.to_arrow_reader(BATCH_ROWS)
    rows = 0
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
