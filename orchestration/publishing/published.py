"""The generation that readers have, attached to a connection of ours for reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.sql_text import literal, quoted
from orchestration.sql_values import value


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, home: Home, *, use: bool = False) -> Iterator[None]:
    """Let queries read the current generation as the database ``published``.

    Parameters
    ----------
    use
        Make it the database that names without one mean.

    Raises
    ------
    Refused
        If the file is no database, or another program has it open for writing.
    """
    file = home.published.resolve()
    try:
        con.execute(f"attach {literal(str(file))} as published (read_only)")
    except duckdb.Error as error:
        pid = re.search(r"PID (\d+)", str(error))
        if pid:
            raise Refused(
                f"{file} is open for writing in another program (PID {pid[1]}): close it there; "
                "readers open it with read_only=True."
            ) from error
        raise Refused(
            f"{file} cannot be read ({str(error).splitlines()[0]}): go back to the generation "
            "before with `crm rollback`, or delete the file and run again."
        ) from error
    before = str(value(con, "select current_database()"))
    try:
        if use:
            con.execute("use published")
        yield
    finally:
        con.execute(f"use {quoted(before)}")
        con.execute("detach published")


def unreadable(home: Home) -> str | None:
    """Return why readers cannot open the current generation; None if they can."""
    try:
        with duckdb.connect(":memory:") as con, attached(con, home):
            con.execute("select count(*) from published.meta.generation").fetchall()
    except (Refused, duckdb.Error) as error:
        return str(error).splitlines()[0]
    return None
