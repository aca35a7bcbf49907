"""A path in; an empty database in the build database's format out, and which format a file has.

DuckDB gives a new file a format that version 0.10 could read, unless told otherwise. The newer one
packs texts as a dictionary that is packed itself, which takes a quarter less time and a third less
space (decision 59). A file keeps the format it was made with, whoever opens it and however.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

FORMAT = "v1.5.0"
"""DuckDB's first version that reads what we write; ours, in ``uv.lock``, is no older."""

_SETTING = "storage_compatibility_version"


def create(path: Path, version: str = FORMAT) -> None:
    """Make an empty database, unless there is a file.

    Apart from the connection that fills it: one process cannot open a file with two settings.
    """
    if not path.exists():
        duckdb.connect(str(path), config={_SETTING: version}).close()


def format_of(con: duckdb.DuckDBPyConnection, database: str | None = None) -> str:
    """Return the oldest version of DuckDB that reads a database; one in memory has our format.

    Parameters
    ----------
    database
        Name of an attached one; None means the connection's own.
    """
    ((version,),) = con.execute(
        "select tags['storage_version'] from duckdb_databases() "
        "where database_name = coalesce($database, current_database())",
        {"database": database},
    ).fetchall()
    return FORMAT if version is None else str(version).removesuffix("+")


def is_ours(con: duckdb.DuckDBPyConnection, database: str | None = None) -> bool:
    """Say whether a database has our format, not that of a warehouse made by earlier code."""
    return format_of(con, database) == FORMAT
