"""Data frames as tables of a query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl


@contextmanager
def registered(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """Let queries on the connection read ``frame`` as the table ``name``."""
    con.register(name, frame)
    try:
        yield
    finally:
        con.unregister(name)


def append(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Add the rows of ``frame`` to ``table`` (quoted where it needs to be), column by name."""
    with registered(con, "appended_rows", frame):
        con.execute(f"insert into {table} by name select * from appended_rows")  # noqa: S608
