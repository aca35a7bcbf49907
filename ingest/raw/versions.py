"""New rows of one entity in; those that raw does not have yet stored, the others counted.

What raw holds in the end depends on the files alone, not on the order in which they arrived:

* An ``event`` that is not revised, and a version of all else that its source dates
  (``recorded_at``), is stored once; of equal copies the first by (recorded_at, file, position,
  source) lends its lineage.
* Versions of all else without a date follow each other by (file, position); one that equals the
  version just before it is a duplicate. A version that arrives late may make its successor one,
  which is then removed.

Frames are named in SQL as the parameters they are, and neither registered nor copied to temporary
tables: until its transaction ends, DuckDB keeps whatever either of those held (0.8 GB per million
rows of one load).
"""

from __future__ import annotations

import duckdb
import polars as pl
import pyarrow as pa

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import polars_schema, raw_table
from ingest.raw.arrivals import Arrived, new_and_counted, record_identity
from ingest.raw.copies import new_rows
from ingest.raw.repetitions import repetitions


def store_versions(con: duckdb.DuckDBPyConnection, arrived: Arrived) -> pl.DataFrame:
    """Insert the rows that are new versions, within the transaction of ``con``.

    Returns
    -------
    ``rows_loaded`` and ``rows_duplicate`` per ``file``, of all rows but those that wait.
    """
    table = raw_table(arrived.entity)
    columns = list(polars_schema(CONTRACTS[arrived.entity]))
    counts = [arrived.counts]
    if arrived.fresh is not None:
        _insert(con, table, arrived.fresh)
    if (dated := arrived.dated) is not None:
        new = new_rows(con, table, dated, record_identity(arrived.entity))
        counts.append(_insert_new(con, table, dated, new["row_number"], columns))
    if (undated := arrived.undated) is not None:
        repeated = repetitions(con, table, undated)
        new = undated.filter(~pl.col("row_number").is_in(repeated.implode()))
        counts.append(_insert_new(con, table, undated, new["row_number"], columns))
    return pl.concat(counts)


def _insert_new(
    con: duckdb.DuckDBPyConnection,
    table: str,
    rows: pl.DataFrame,
    new_numbers: pl.Series,
    columns: list[str],
) -> pl.DataFrame:
    fresh, counts = new_and_counted(rows, new_numbers, columns)
    if fresh is not None:
        _insert(con, table, fresh)
    return counts


def _insert(con: duckdb.DuckDBPyConnection, table: str, fresh_rows: pa.Table) -> None:
    con.execute(f"insert into {table} by name select * from fresh_rows")  # noqa: S608
