"""The build database in; a new generation of ``published/crm.duckdb`` out, whole or not at all.

Schemas marts, crm and meta are copied into a new file: deleted rows leave their bytes behind in
the old one, and raw records and identities never leave the build database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.from_contracts.empty_tables import copy_empty_tables
from orchestration import warehouse
from orchestration.dbt.notes import is_note
from orchestration.errors import GateClosed, PublishFailed
from orchestration.home import ROOT, Home
from orchestration.publishing import generations
from orchestration.runs.stages import begin_run, end_run, now
from orchestration.sql_text import literal, quoted
from orchestration.version import code_version

SCHEMAS = ("marts", "crm", "meta")

PRIVATE: dict[tuple[str, str], frozenset[str]] = {
    ("meta", "quarantine"): frozenset({"payload", "file", "reason"}),
    ("meta", "ingest_files"): frozenset({"file", "path", "message"}),
    ("meta", "ingest_batches"): frozenset({"message"}),
}
"""Columns that quote the landing files, and so a person; they stay in the build database."""


Comments = Mapping[tuple[str, str, str], str]
"""Comment by schema, table and column; the table's own has the column ``""``."""

Columns = list[tuple[str, str, str | None]]
"""Name, type and comment of the columns of one table, in their order."""

GENERATION = "generation"
"""What the new file is called while it is being filled."""


@dataclass(frozen=True, slots=True)
class Published:
    """A generation that readers can open."""

    generation: int
    path: Path
    size_bytes: int
    row_counts: dict[str, int]


def relations(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str | None]]:
    """Return (schema, name, comment) of every table and view to publish."""
    return con.execute(
        """
        select schema_name, table_name as name, comment from duckdb_tables()
        where database_name = current_database() and list_contains($schemas, schema_name)
        union all
        select schema_name, view_name, comment from duckdb_views()
        where database_name = current_database() and list_contains($schemas, schema_name)
        order by all
        """,
        {"schemas": list(SCHEMAS)},
    ).fetchall()


def require_open_gate(con: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Raise ``GateClosed`` unless the gate of this very run is green.

    Asked here once more because an asset can be launched alone, without the checks before it.
    """
    verdict = con.execute(
        "select passed, message from meta.check_results where run_id = ? and check_name = 'gate'",
        [run_id],
    ).fetchone()
    if verdict is None:
        raise GateClosed("The gate of this run has not been asked: run the whole job (`crm run`).")
    if not verdict[0]:
        raise GateClosed(f"The gate of this run is closed: {verdict[1]}")


def _columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Columns]:
    """Return the columns of every table to publish, by schema and table.

    Asked once: the engine lists all columns of all tables whichever it is asked for, 30 ms for
    each of a hundred tables.
    """
    found: dict[tuple[str, str], Columns] = {}
    for schema, table, column, type_, comment in con.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = current_database() and list_contains($schemas, schema_name) "
        "order by schema_name, table_name, column_index",
        {"schemas": list(SCHEMAS)},
    ).fetchall():
        found.setdefault((schema, table), []).append((column, type_, comment))
    return found


def _kept_columns(
    schema: str, name: str, columns: Columns, texts: Comments
) -> list[tuple[str, str, str | None]]:
    """Return the columns that may be published, with the comments they are to have."""
    hidden = PRIVATE.get((schema, name), frozenset())
    return [
        (column, type_, texts.get((schema, name, column), text))
        for column, type_, text in columns
        if column not in hidden
    ]


def _declared(target: str, comment: str | None, columns: Columns) -> list[str]:
    """Return the DDL of one empty table with its comments."""
    statements = [
        f"create table {target} ({', '.join(f'{quoted(c)} {type_}' for c, type_, _ in columns)})"
    ]
    if comment:
        statements.append(f"comment on table {target} is {literal(comment)}")
    statements += [
        f"comment on column {target}.{quoted(column)} is {literal(text)}"
        for column, _, text in columns
        if text
    ]
    return statements


def _declare(con: duckdb.DuckDBPyConnection, comments: Comments) -> dict[tuple[str, str], Columns]:
    """Make every table to publish in the attached file, empty, and return the columns of each.

    Declared one by one, 2,000 comments took as long as the rows of a small company.
    """
    found, kept = _columns(con), {}
    statements = [f"create schema if not exists {quoted(schema)}" for schema in SCHEMAS]
    for schema, name, comment in relations(con):
        kept[schema, name] = _kept_columns(schema, name, found[schema, name], comments)
        statements += _declared(
            f"{quoted(schema)}.{quoted(name)}",
            comments.get((schema, name, ""), None if is_note(comment) else comment),
            kept[schema, name],
        )
    if not copy_empty_tables(con, statements, into=GENERATION):
        ((own,),) = con.execute("select current_database()").fetchall()
        con.execute(f"use {GENERATION}")
        try:
            con.execute(";\n".join(statements))
        finally:
            con.execute(f"use {quoted(own)}")
    return kept


def _copy(con: duckdb.DuckDBPyConnection, schema: str, name: str, columns: Columns) -> int:
    """Copy the rows of one table into the attached file and return how many they are."""
    source = f"{quoted(schema)}.{quoted(name)}"
    listed = ", ".join(quoted(column) for column, *_ in columns)
    copied = con.execute(
        f"insert into {GENERATION}.{source} ({listed}) select {listed} from {source}"  # noqa: S608
    ).fetchone()
    assert copied is not None  # noqa: S101 - an insert says how many rows there were
    return int(copied[0])


def _fill(
    con: duckdb.DuckDBPyConnection,
    generation: int,
    run_id: str,
    tables: Mapping[tuple[str, str], Columns],
) -> dict[str, int]:
    """Copy every published table into the attached file and return the rows of each."""
    counts = {
        f"{schema}.{name}": _copy(con, schema, name, columns)
        for (schema, name), columns in tables.items()
    }
    finished_at = now()
    con.execute(
        """
        insert into generation.meta.generation
            (generation, built_at, data_cutoff, code_version, checks_passed, row_counts)
        select $generation, $now,
            (select cast(value as timestamp) from meta.settings where name = 'as_of'),
            $version, true, $counts
        """,
        {
            "generation": generation,
            "now": finished_at,
            "version": code_version(ROOT),
            "counts": json.dumps(counts, sort_keys=True),
        },
    )
    con.execute(
        "update generation.meta.runs set finished_at = $now, status = 'succeeded', "
        "generation = $generation where run_id = $run",
        {"now": finished_at, "generation": generation, "run": run_id},
    )
    return counts


def _write(
    con: duckdb.DuckDBPyConnection, path: Path, generation: int, run_id: str, comments: Comments
) -> dict[str, int]:
    """Write the generation's file, complete and closed on return; return the rows by table."""
    con.execute(f"attach {literal(str(path))} as {GENERATION}")
    try:
        tables = _declare(con, comments)
        with warehouse.packed_simply(con, GENERATION):
            # one transaction: each of a hundred tables would otherwise wait for the disk
            con.begin()
            try:
                counts = _fill(con, generation, run_id, tables)
            except BaseException:
                con.rollback()
                raise
            con.commit()
            con.execute("checkpoint generation")
    finally:
        con.execute("detach generation")
    return counts


def publish(home: Home, run_id: str, comments: Comments | None = None) -> Published:
    """Publish what the run has built as the next generation.

    Parameters
    ----------
    comments
        Comments that the build database does not have itself.

    Raises
    ------
    GateClosed
        If the gate of this run is not green.
    PublishFailed
        If the file cannot be written; readers keep the generation they have.
    """
    home.published_folder.mkdir(parents=True, exist_ok=True)
    generations.remove_leftovers(home)
    with warehouse.connect(home) as con:
        require_open_gate(con, run_id)
        begin_run(con, run_id)
        generation = generations.next_one(con, home)
        temporary = home.published_folder / f".crm-{generation:06d}.tmp"
        final = generations.path_of(home, generation)
        try:
            counts = _write(con, temporary, generation, run_id, comments or {})
            generations.sync(temporary)
            temporary.replace(final)
            generations.point_to(home, generation)
        except (duckdb.IOException, duckdb.FatalException, OSError) as error:
            generations.remove_leftovers(home)
            if generations.current(home) != generation:
                final.unlink(missing_ok=True)
            raise PublishFailed(
                f"Generation {generation} could not be written to {home.published_folder} "
                f"({str(error).splitlines()[0]}): free some disk space or correct the folder's "
                "permissions and run again; readers keep the generation they have."
            ) from error
        con.execute(f"attach {literal(str(final))} as generation (read_only)")
        con.execute(
            "insert into meta.generation by name "
            "select * from generation.meta.generation where generation = ?",
            [generation],
        )
        con.execute("detach generation")
        end_run(con, run_id, "succeeded", generation=generation)
    generations.prune(home)
    return Published(
        generation=generation,
        path=final,
        size_bytes=final.stat().st_size,
        row_counts=counts,
    )
