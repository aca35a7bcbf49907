"""A warehouse in, as many threads as its size can use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

ROW_GROUP = 122_880
"""Rows that DuckDB reads with one thread; only tables of more are read by several."""

OF_A_DAY = 20_000_000
"""Rows of the largest table up to which a day is done by one thread, those of two million
identifiers: at a million two threads take a tenth less time to wait and up to a fifth more of the
processor's, for an insert of 24,000 rows takes two 44 ms and one 8."""


Sizes = dict[tuple[str, str], int]
"""About how many rows each table has, by schema and name."""


def table_sizes(con: duckdb.DuckDBPyConnection) -> Sizes:
    """Return the sizes of all tables of ``raw`` and ``identity``; to ask takes milliseconds."""
    found = con.execute(
        "select schema_name, table_name, estimated_size from duckdb_tables() "
        "where database_name = current_database() and schema_name in ('raw', 'identity')"
    ).fetchall()
    return {(schema, table): size for schema, table, size in found}


@contextmanager
def as_many_threads_as_it_can_use(
    con: duckdb.DuckDBPyConnection, most_rows: int = ROW_GROUP, sizes: Sizes | None = None
) -> Iterator[None]:
    """Let a company be resolved with one thread if none of its tables has more than some rows.

    Over a hundred statements of a few rows each wake the other threads for nothing: a sixth of a
    day's processor time, at ten thousand identifiers and at a hundred thousand.
    """
    largest = max((table_sizes(con) if sizes is None else sizes).values(), default=0)
    (threads,) = con.execute("select current_setting('threads')").fetchone() or (1,)
    if largest > most_rows or threads == 1:
        yield
        return
    con.execute("set threads = 1")
    try:
        yield
    finally:
        con.execute(f"set threads = {threads}")
