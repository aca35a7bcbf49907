"""Undated versions of records in; the numbers of those that only repeat the one before them out."""

from __future__ import annotations

import duckdb
import polars as pl


def repetitions(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> pl.Series:
    """Return the numbers of rows that only repeat the version just before them.

    Stored versions that repeat one of ``rows`` are deleted.

    Parameters
    ----------
    rows
        Rows of a raw table without ``recorded_at``, and ``row_number``.
    """
    if rows.is_empty():
        return rows["row_number"]
    places = rows.select("row_number", "record_key", "record_hash", "file", "position", "source")
    repeated = _repeated(con, table, places)
    stored = repeated.select("stored_row").drop_nulls()
    if not stored.is_empty():
        _delete(con, table, stored)
    return repeated["row_number"].drop_nulls().cast(pl.UInt32)


def _repeated(con: duckdb.DuckDBPyConnection, table: str, new_rows: pl.DataFrame) -> pl.DataFrame:
    return con.execute(
        f"""
        with versions as (
            select record_key, record_hash, file, position, source,
                rowid as stored_row, null as row_number
            from {table}
            semi join new_rows using (record_key)
            where recorded_at is null
            union all
            select record_key, record_hash, file, position, source, null, row_number
            from new_rows
        )
        select stored_row, row_number from versions
        qualify record_hash = lag(record_hash) over (
            partition by record_key
            order by file, position, source, record_hash, stored_row nulls last, row_number
        )
        """  # noqa: S608
    ).pl()


def _delete(con: duckdb.DuckDBPyConnection, table: str, stale_rows: pl.DataFrame) -> None:
    con.execute(f"delete from {table} where rowid in (select stored_row from stale_rows)")  # noqa: S608
