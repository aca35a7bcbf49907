"""A table or view in; a digest of its columns and of all its rows, in whatever order, out."""

from __future__ import annotations

import hashlib

import duckdb

from orchestration.sql_text import quoted


def digest(*parts: object) -> str:
    """Return what changes with any part."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """Return name and type of every column; the relation is named as SQL names it."""
    return [(name, kind) for name, kind, *_ in con.execute(f"describe {relation}").fetchall()]


def rows_print(
    con: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]] | None = None
) -> str:
    """Return what changes with any value of any row, or with a column.

    Hashes are hashed once more: DuckDB joins those of the columns by ``xor``, and sums of such
    numbers stay the same if two rows exchange the value of a column, in one of 100 million pairs.

    Parameters
    ----------
    relation
        Its name as SQL.
    columns
        Of ``columns_of``, if they are known.
    """
    columns = columns or columns_of(con, relation)
    listed = ", ".join(f"rows_.{quoted(name)}" for name, _ in columns)
    found = con.execute(
        f"select count(*), sum(hash(hash({listed}))) from {relation} as rows_"  # noqa: S608
    ).fetchone()
    return digest(columns, found)
