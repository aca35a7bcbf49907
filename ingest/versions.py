"""New rows of one entity in; those that raw does not have yet stored, the others counted.

What raw holds in the end depends on the files alone, not on the order in which they arrived:

* An ``event``, and a version of a ``state`` that its source dates (``recorded_at``), is stored
  once; of equal copies the first by (recorded_at, file, position, source) lends its lineage.
* Versions without a date follow each other by (file, position); one that equals the version
  just before it is a duplicate. A version that arrives late may make its successor one, which
  is then removed.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS
from ingest.schema import polars_schema, raw_table

_PLACE = "(coalesce({0}.recorded_at, '-infinity'), {0}.file, {0}.position, {0}.source)"
"""What copies are ordered by: undated before dated, then by where they stand."""


def store_versions(con: duckdb.DuckDBPyConnection, entity: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Insert the rows that are new versions; run within a transaction.

    Parameters
    ----------
    rows
        Rows with the schema of ``raw.<entity>``.

    Returns
    -------
    ``rows_loaded`` and ``rows_duplicate`` per ``file``.
    """
    contract = CONTRACTS[entity]
    rows = rows.with_row_index("row_number")
    if contract.kind == "event":
        duplicates = _copies(con, entity, rows, "record_key, record_hash")
    else:
        dated = rows.filter(pl.col("recorded_at").is_not_null())
        undated = rows.filter(pl.col("recorded_at").is_null())
        duplicates = pl.concat(
            [
                _copies(con, entity, dated, "record_key, record_hash, recorded_at"),
                _repetitions(con, entity, undated),
            ]
        )
    is_duplicate = pl.col("row_number").is_in(duplicates.implode())
    marked = rows.with_columns(is_duplicate=is_duplicate)
    fresh = marked.filter(~pl.col("is_duplicate")).select(list(polars_schema(contract)))
    if not fresh.is_empty():
        con.register("fresh_rows", fresh)
        con.execute(f"insert into {raw_table(entity)} select * from fresh_rows")  # noqa: S608
        con.unregister("fresh_rows")
    return marked.group_by("file").agg(
        rows_loaded=(~pl.col("is_duplicate")).sum().cast(pl.Int64),
        rows_duplicate=pl.col("is_duplicate").sum().cast(pl.Int64),
    )


def _copies(con: duckdb.DuckDBPyConnection, entity: str, rows: pl.DataFrame, key: str) -> pl.Series:
    """Return the numbers of rows that have an equal row, stored or before them in ``rows``."""
    if rows.is_empty():
        return pl.Series(dtype=pl.get_index_type())
    table = raw_table(entity)
    con.register(
        "new_rows",
        rows.select(
            "row_number", "record_key", "record_hash", "recorded_at", "file", "position", "source"
        ),
    )
    con.execute(
        f"""
        create or replace temp table first_copies as
        select * from new_rows
        qualify row_number() over (
            partition by {key} order by recorded_at nulls first, file, position, source, row_number
        ) = 1
        """  # noqa: S608
    )
    con.execute(
        f"""
        create or replace temp table stored_copies as
        select stored.rowid as stored_row, stored.record_key, stored.record_hash,
            stored.recorded_at, stored.file, stored.position, stored.source
        from {table} as stored
        semi join first_copies using ({key})
        """  # noqa: S608
    )
    con.execute(
        f"""
        update {table} as stored
        set file = earlier.file, position = earlier.position, source = earlier.source,
            recorded_at = earlier.recorded_at,
            known_at = coalesce(earlier.recorded_at, stored.occurred_at, stored.ingested_at)
        from (
            select stored_row, first_copies.*
            from stored_copies
            join first_copies using ({key})
            where {_PLACE.format("first_copies")} < {_PLACE.format("stored_copies")}
        ) as earlier
        where stored.rowid = earlier.stored_row
        """  # noqa: S608
    )
    duplicates = con.execute(
        f"""
        select row_number from new_rows
        anti join (
            select row_number from first_copies anti join stored_copies using ({key})
        ) as fresh using (row_number)
        """  # noqa: S608
    ).pl()
    con.execute("drop table first_copies")
    con.execute("drop table stored_copies")
    con.unregister("new_rows")
    return duplicates["row_number"].cast(pl.get_index_type())


def _repetitions(con: duckdb.DuckDBPyConnection, entity: str, rows: pl.DataFrame) -> pl.Series:
    """Return the numbers of undated rows that only repeat the version just before them."""
    if rows.is_empty():
        return pl.Series(dtype=pl.get_index_type())
    table = raw_table(entity)
    con.register(
        "new_rows",
        rows.select("row_number", "record_key", "record_hash", "file", "position", "source"),
    )
    con.execute(
        f"""
        create or replace temp table repetitions as
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
    )
    con.execute(f"delete from {table} where rowid in (select stored_row from repetitions)")  # noqa: S608
    repeated = con.execute("select row_number from repetitions where row_number is not null").pl()
    con.execute("drop table repetitions")
    con.unregister("new_rows")
    return repeated["row_number"].cast(pl.get_index_type())
