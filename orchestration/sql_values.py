"""The one value that an aggregate query returns, with its type checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

Values = Sequence[object] | Mapping[str, object]


def value(con: duckdb.DuckDBPyConnection, sql: str, values: Values = ()) -> object:
    """Return the first column of the first row; None if there is no row."""
    row = con.execute(sql, values or None).fetchone()
    return row[0] if row else None


def integer(con: duckdb.DuckDBPyConnection, sql: str, values: Values = ()) -> int:
    """Return a count; ``TypeError`` if the query gives anything but a whole number."""
    found = value(con, sql, values)
    if not isinstance(found, int):
        raise TypeError(f"expected a count, got {found!r}: {sql}")
    return found
