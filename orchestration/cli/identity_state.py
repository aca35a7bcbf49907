"""The build database for reading: identities never leave it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from orchestration import warehouse
from orchestration.errors import Refused
from orchestration.home import Home

_WAIT_S = 5.0


@contextmanager
def known(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the build database for reading.

    Raises
    ------
    Refused
        If no run has resolved identities yet, or a run holds the file.
    """
    if home.warehouse.exists():
        with warehouse.connect(home, read_only=True, wait_s=_WAIT_S) as con:
            resolved = con.execute(
                "select count(*) from duckdb_tables() "
                "where schema_name = 'identity' and table_name = 'decisions' "
                "and database_name = current_database()"
            ).fetchone()
            if resolved and resolved[0]:
                yield con
                return
    raise Refused(f"{home.warehouse} knows of no customers yet: run `crm run` first.")
