"""The build database for reading: identities never leave it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import duckdb

from orchestration import warehouse
from orchestration.errors import Refused, WarehouseLocked
from orchestration.home import Home
from orchestration.runs import run_lock

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
        with _opened(home) as con:
            resolved = con.execute(
                "select count(*) from duckdb_tables() "
                "where schema_name = 'identity' and table_name = 'decisions' "
                "and database_name = current_database()"
            ).fetchone()
            if resolved and resolved[0]:
                yield con
                return
    raise Refused(f"{home.warehouse} knows of no customers yet: run `crm run` first.")


@contextmanager
def _opened(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with ExitStack() as stack:
        try:
            con = stack.enter_context(warehouse.connect(home, read_only=True, wait_s=_WAIT_S))
        except WarehouseLocked:
            # nobody should end a run in order to ask a question
            run_lock.refuse_during_a_run(home)
            raise
        yield con
