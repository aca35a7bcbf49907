"""New rows of one entity in; those that raw does not have yet stored, the others counted.

What raw holds in the end depends on the files alone, not on the order in which they arrived:

* An ``event``, and a version of a ``state`` that its source dates (``recorded_at``), is stored
  once; of equal copies the first by (recorded_at, file, position, source) lends its lineage.
* Versions without a date follow each other by (file, position); one that equals the version
  just before it is a duplicate. A version that arrives late may make its successor one, which
  is then removed.

Frames are named in SQL as the parameters they are, and neither registered nor copied to temporary
tables: until its transaction ends, DuckDB keeps whatever either of those held (0.8 GB per million
rows of one load).
"""

from __future__ import annotations

import duckdb
import polars as pl
import pyarrow as pa

from ingest.contracts import CONTRACTS
from ingest.engine import shared
from ingest.schema import polars_schema, raw_table

_PLACE = ("recorded_at", "file", "position", "source")
"""What copies are ordered by, undated before dated."""


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
    table = raw_table(entity)
    rows = rows.with_row_index("row_number")
    if contract.kind == "event":
        duplicates = _copies(con, table, rows, ("record_key", "record_hash"))
    else:
        dated = rows.filter(pl.col("recorded_at").is_not_null())
        undated = rows.filter(pl.col("recorded_at").is_null())
        duplicates = pl.concat(
            [
                _copies(con, table, dated, ("record_key", "record_hash", "recorded_at")),
                _repetitions(con, table, undated),
            ]
        )
    is_duplicate = rows["row_number"].is_in(duplicates.cast(pl.UInt32).implode())
    fresh = rows.select(list(polars_schema(contract)))
    if not duplicates.is_empty():
        fresh = fresh.filter(~is_duplicate)
    if not fresh.is_empty():
        _insert(con, table, shared(fresh))
    marked = rows.select("file", is_duplicate=is_duplicate)
    return marked.group_by("file").agg(
        rows_loaded=(~pl.col("is_duplicate")).sum().cast(pl.Int64),
        rows_duplicate=pl.col("is_duplicate").sum().cast(pl.Int64),
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, fresh_rows: pa.Table) -> None:
    con.execute(f"insert into {table} select * from fresh_rows")  # noqa: S608


def _copies(
    con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame, key: tuple[str, ...]
) -> pl.Series:
    """Return the numbers of rows that have an equal row, stored or before them in ``rows``."""
    if rows.is_empty():
        return rows["row_number"]
    first = rows.select("row_number", "record_key", "record_hash", *_PLACE)
    if first.select(key).is_duplicated().any():
        first = first.sort(*_PLACE, "row_number", nulls_last=False).unique(
            subset=key, keep="first", maintain_order=True
        )
    stored = _stored_copies(con, table, shared(first.select(key)), ", ".join(key))
    if stored.is_empty() and len(first) == len(rows):
        return rows["row_number"].clear()
    pairs = stored.join(first, on=key, suffix="_new")
    if "recorded_at" in key:
        pairs = pairs.with_columns(recorded_at_new="recorded_at")
    # the later of the two places sorts last; undated comes before dated
    earlier = pairs.filter(_is_earlier(_PLACE))
    if not earlier.is_empty():
        _lend_lineage(con, table, earlier)
    fresh = first.join(pairs.select("row_number"), on="row_number", how="anti")
    return rows.join(fresh, on="row_number", how="anti")["row_number"]


def _stored_copies(
    con: duckdb.DuckDBPyConnection, table: str, new_keys: pa.Table, key: str
) -> pl.DataFrame:
    return con.execute(
        f"select rowid as stored_row, record_key, record_hash, {', '.join(_PLACE)} "  # noqa: S608
        f"from {table} semi join new_keys using ({key})"
    ).pl()


def _is_earlier(names: tuple[str, ...]) -> pl.Expr:
    """Say whether the new copy's place comes before the stored one's."""
    result = pl.lit(value=False)
    for name in reversed(names):
        new, old = pl.col(name + "_new"), pl.col(name)
        less = (new < old) | (new.is_null() & old.is_not_null())
        result = less.fill_null(value=False) | (new.eq_missing(old) & result)
    return result


def _lend_lineage(con: duckdb.DuckDBPyConnection, table: str, earlier: pl.DataFrame) -> None:
    con.execute(
        f"""
        update {table} as stored
        set file = earlier.file_new, position = earlier.position_new,
            source = earlier.source_new, recorded_at = earlier.recorded_at_new,
            known_at = coalesce(earlier.recorded_at_new, stored.occurred_at, stored.ingested_at)
        from earlier
        where stored.rowid = earlier.stored_row
        """  # noqa: S608
    )


def _repetitions(con: duckdb.DuckDBPyConnection, table: str, new_rows: pl.DataFrame) -> pl.Series:
    """Return the numbers of undated rows that only repeat the version just before them."""
    if new_rows.is_empty():
        return new_rows["row_number"]
    new_rows = new_rows.select(
        "row_number", "record_key", "record_hash", "file", "position", "source"
    )
    repeated = con.execute(
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
    stored = repeated.select("stored_row").drop_nulls()
    if not stored.is_empty():
        _delete(con, table, stored)
    return repeated["row_number"].drop_nulls().cast(pl.UInt32)


def _delete(con: duckdb.DuckDBPyConnection, table: str, stale_rows: pl.DataFrame) -> None:
    con.execute(f"delete from {table} where rowid in (select stored_row from stale_rows)")  # noqa: S608
