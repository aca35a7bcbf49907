"""Block keys in, who has them out: a day's few are looked for among those of everybody."""

from __future__ import annotations

import duckdb
import polars as pl

_SLOT = "(key >> 44)::integer"
"""The first twenty bits. A million numbers are looked up in an array, which takes a third of the
time of a table of hashes: one of ten keys of others shares its slot with a wanted one."""


def holders(con: duckdb.DuckDBPyConnection, table: str, keys: pl.Series) -> pl.DataFrame:
    """Return ``profile`` and ``place``, the place of the key among those wanted.

    Parameters
    ----------
    table
        Name of a table with ``profile`` and ``key`` of ``block_keys``.
    keys
        Those wanted, each once.
    """
    wanted = keys.to_frame("key").with_row_index("place").cast({"place": pl.Int64})
    wanted_keys = wanted.to_arrow()  # noqa: F841 - read by the statements
    # a table, for only of such it is known how far its numbers reach
    con.execute(
        f"create or replace temp table wanted_slots as "  # noqa: S608
        f"select distinct {_SLOT} as slot from wanted_keys"
    )
    found = con.execute(
        f"""
        with near as materialized (
            select profile, key
            from (select profile, key, {_SLOT} as slot from {table})
            inner join wanted_slots using (slot)
        )
        select profile, place from near inner join wanted_keys using (key)
        """  # noqa: S608
    ).pl()
    con.execute("drop table wanted_slots")
    return found
