"""DuckDB as a library of functions over frames, apart from the warehouse."""

from __future__ import annotations

from functools import lru_cache

import duckdb
import polars as pl
import pyarrow as pa

_MANY_ROWS = 10_000
"""From here on a query is fetched as a relation. Executed, it copies its result before it is
fetched, a tenth of the time of reading JSON; a relation is planned twice, for 6 ms."""


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


def frame_of(
    con: duckdb.DuckDBPyConnection, query: str, rows: int, **variables: str | list[str]
) -> pl.DataFrame:
    """Return a result of ``rows`` rows, or not many more, as a frame.

    Not told how many, DuckDB reserves a million rows of every column: half a gigabyte for the 33
    columns of a chunk of 50,000 events. It is not used, but it is handed out again and again until
    all of it has been: loading seven million events ended with 7.5 GB.

    Parameters
    ----------
    variables
        What ``getvariable`` gives in the query: a query with parameters cannot be a relation.
    """
    for name, value in variables.items():
        con.execute(f"set variable {name} = $value", {"value": value})
    result = con.sql(query) if rows >= _MANY_ROWS else con.execute(query)
    return result.pl(max(rows, 1))
