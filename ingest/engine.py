"""DuckDB as a library of functions over frames, apart from the warehouse."""

from __future__ import annotations

from functools import lru_cache

import duckdb
import polars as pl
import pyarrow as pa


@lru_cache(maxsize=1)
def _database() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute("set autoinstall_known_extensions = false")
    # the caller's other thread has the other core; two engines with two threads each took 25 % more
    con.execute("set threads = 1")
    # texts in the form that Polars holds them in, which saves it a copy of each
    con.execute("set arrow_output_version = '1.5'")
    con.execute("set produce_arrow_string_view = true")
    return con


def scratch() -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty database in memory; close it after use.

    All share one engine, for starting another costs 20 ms: more than reading a small file. What is
    registered or made temporary is seen by the one connection alone.
    """
    return _database().cursor()


def shared(frame: pl.DataFrame) -> pa.Table:
    """Return a frame as DuckDB reads it without a copy of its texts."""
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())
