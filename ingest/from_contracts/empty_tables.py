"""The DDL of the warehouse in; an empty database with all its tables and comments, kept, out.

DuckDB copies a table's whole entry for every comment on one of its columns: 1,100 comments are
0.6 s of a load that may last two. Copying the schema of a database that has them takes 13 ms.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingest import storage

_ALIAS = "crm_empty_tables"
_CHECKOUT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Return where it is kept: with everything else that is made once per checkout."""
    return Path(os.environ.get("CRM_PREPARED") or _CHECKOUT / "target" / "crm")


def copy_empty_tables(
    con: duckdb.DuckDBPyConnection, statements: Sequence[str], *, into: str | None = None
) -> bool:
    """Give an empty database what ``statements`` would; run outside of any transaction.

    Parameters
    ----------
    into
        Name of an attached database; None means the connection's own.

    Returns
    -------
    False, and nothing changed, where the folder cannot be written: then run the statements.
    """
    try:
        path = _kept(statements, storage.format_of(con, into))
    except OSError:
        return False
    ((database,),) = con.execute("select current_database()").fetchall()
    file = _quoted(str(path), "'")
    target = _quoted(into or database, '"')
    con.execute(f"attach {file} as {_ALIAS} (read_only)")
    try:
        con.execute(f"copy from database {_ALIAS} to {target} (schema)")
    finally:
        con.execute(f"detach {_ALIAS}")
    return True


def _kept(statements: Sequence[str], version: str) -> Path:
    """Return the database's file, made if nobody has made it yet."""
    text = ";\n".join(statements)
    name = hashlib.sha256(f"{duckdb.__version__}\n{version}\n{text}".encode()).hexdigest()[:16]
    path = folder() / f"empty_tables-{name}.duckdb"
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as making:
        made = Path(making) / path.name
        storage.create(made, version)
        with duckdb.connect(str(made)) as con:
            con.execute(text)
            con.execute("checkpoint")
        # whoever makes it at the same time makes the same
        made.replace(path)
    return path


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, 2 * mark) + mark
