"""``published/crm.duckdb``, opened so that a query can read it and do nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb


class CannotRead(Exception):
    """The published file cannot be read; the text says why and what to do."""


def published_file(home: Path | None = None) -> Path:
    """Return the file that readers open, in ``home``, else ``$CRM_HOME``, else ``./data``."""
    folder = (home or Path(os.environ.get("CRM_HOME") or "data")).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise CannotRead(f"The home {folder} is a file: name a folder with --home or $CRM_HOME.")
    if not folder.is_dir():
        raise CannotRead(
            f"The home folder {folder} does not exist: name another one with --home or $CRM_HOME, "
            "or try `crm demo`."
        )
    file = folder / "published" / "crm.duckdb"
    if not file.exists():
        raise CannotRead(f"Nothing is published in {folder} yet: `crm run` publishes.")
    return file


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file for one reader: read-only, no other file, no network, no settings.

    The file is attached to a database in memory: within one process a second connection to the
    same path would be given the first one's snapshot, even after a new generation is published.

    Raises
    ------
    CannotRead
        If the file is no database or a process holds it open for writing.
    """
    con = duckdb.connect(":memory:")
    try:
        con.execute("set enable_progress_bar = false")
        con.execute("set temp_directory = ?", [str(Path(tempfile.gettempdir()) / "crm-sql")])
        con.execute("set TimeZone = 'UTC'")
        quoted = str(file.resolve()).replace("'", "''")
        con.execute(f"attach '{quoted}' as crm_published (read_only)")
        con.execute("use crm_published")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    except duckdb.Error as error:
        con.close()
        reason = str(error).splitlines()[0]
        # a damaged file is told of with its blocks, and a folder may be called anything
        if "could not set lock" in reason.lower():
            raise CannotRead(
                f"{file} is open for writing in another program ({reason}): close it there; "
                "readers open it with read_only=True."
            ) from error
        if "version number" in reason:
            raise CannotRead(
                f"{file} was written by a newer version ({reason}): read it with that one, or go "
                "back to the generation before with `crm rollback`."
            ) from error
        raise CannotRead(
            f"{file} cannot be opened ({reason}): go back to the generation before with `crm "
            f"rollback`, or delete {file.resolve().name} and publish again with `crm run`."
        ) from error
    return con
