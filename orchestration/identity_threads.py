"""A warehouse in, as many threads as its size can use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

ROW_GROUP = 122_880
"""Rows that DuckDB reads with one thread; only tables of more are read by several."""


@contextmanager
def as_many_threads_as_it_can_use(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let a small company be resolved with one thread, which a day's statements take as long with.

    Two hundred statements of a few rows each wake the other threads for nothing: a sixth of a
    day's processor time at ten thousand identifiers.
    """
    (largest,) = con.execute(
        "select coalesce(max(estimated_size), 0) from duckdb_tables() "
        "where database_name = current_database() and schema_name in ('raw', 'identity')"
    ).fetchone() or (0,)
    (threads,) = con.execute("select current_setting('threads')").fetchone() or (1,)
    if largest > ROW_GROUP or threads == 1:
        yield
        return
    con.execute("set threads = 1")
    try:
        yield
    finally:
        con.execute(f"set threads = {threads}")
