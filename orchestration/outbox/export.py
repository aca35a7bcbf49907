"""Rows to deliver in; a file of JSON lines out, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from orchestration.errors import WrongUse
from orchestration.outbox.reading import PENDING
from orchestration.publishing import generations
from orchestration.sql_text import literal

LINE = """
select outbox_id, table_name, op, cast(key as json) as key, cast(payload as json) as payload,
    row_hash, prev_hash, idempotency_key, generation,
    strftime(told_at, '%Y-%m-%dT%H:%M:%SZ') as told_at, attempt, error
from outbox_now where {condition} order by outbox_id limit {limit}
"""
"""What a consumer is given of each row."""


def export(con: duckdb.DuckDBPyConnection, file: Path, limit: int | None) -> tuple[int, int | None]:
    """Write the pending rows and return how many they are and the last position.

    Raises
    ------
    WrongUse
        If the file is there already, or its folder is not.
    """
    if file.exists():
        raise WrongUse(
            f"{file} exists and may not have been read yet: name another file, or delete it first."
        )
    if not file.parent.is_dir():
        raise WrongUse(f"The folder {file.parent} does not exist: make it, or name another file.")
    lines = LINE.format(condition=PENDING, limit="all" if limit is None else int(limit))
    con.execute(f"create temp table exported as {lines}")
    count, last = con.execute("select count(*), max(outbox_id) from exported").fetchall()[0]
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        # what is told of customers is nobody else's to read
        temporary.touch(mode=0o600)
        con.execute(
            f"copy (from exported order by outbox_id) to {literal(str(temporary))} "
            "(format json, array false, use_tmp_file false)"
        )
        generations.sync(temporary)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    generations.sync(file.parent)
    return count, last
