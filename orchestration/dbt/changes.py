"""Tables of which only the rows that changed are built anew.

A model whose rows carry a state (``meta.replaced`` in its config) and a second query in; its table,
brought up to date, out. A state is a number made of everything that the rows which carry it are
made of: rows whose state is no longer current are deleted, those of states that the table lacks
are inserted. Late, corrected and deleted records need no rule of their own, and neither does a
run that died: the table itself says how far it is.

What rows depend on beside their state is the recipe: the SQL of the model and of all that it is
made of, variables included, seeds, and the version of the engine whose hashes states are made of.
It is kept in the note of the table; if it is another one, the table is built whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.dbt import notes as dbt_notes
from orchestration.dbt.notes import Note
from orchestration.sql_text import quoted

Manifest = Mapping[str, Any]

META = "replaced"
"""In the ``meta`` of a model: ``by`` names its column, ``of`` the model that has every state."""

ONLY_CHANGED = "only_changed"
"""The variable under which dbt compiles the query of the rows whose state the table lacks."""

MOST = 0.2
"""Share of rows beyond which a table is built whole: deleted rows leave holes in the file."""


@dataclass(frozen=True, slots=True)
class Change:
    """How one table is brought up to date.

    Parameters
    ----------
    query
        Selects the rows whose state the table lacks.
    state
        Its column.
    states
        The table that has every current state, in a column of the same name.
    recipe
        What the rows depend on beside their state.
    """

    query: str
    state: str
    states: str
    recipe: str


def _made_of(manifest: Manifest, unique_id: str, found: dict[str, None]) -> Iterator[str]:
    if unique_id in found or unique_id not in manifest["nodes"]:
        return
    found[unique_id] = None
    yield unique_id
    for parent in sorted(manifest["nodes"][unique_id]["depends_on"].get("nodes", [])):
        yield from _made_of(manifest, parent, found)


def recipe(manifest: Manifest, sql: Mapping[str, str], unique_id: str, query: str) -> str:
    """Return a digest of what a model is made of, apart from the rows of sources."""
    digest = hashlib.sha256(f"{duckdb.__version__}\0{query}".encode())
    for one in _made_of(manifest, unique_id, {}):
        text = sql.get(one) or manifest["nodes"][one]["checksum"]["checksum"]
        digest.update(f"\0{one}\0{text}".encode())
    return digest.hexdigest()


def changes(
    manifest: Manifest, sql: Mapping[str, str], queries: Mapping[str, str]
) -> dict[str, Change]:
    """Return how each model that has such a query is brought up to date, by unique id."""
    nodes = manifest["nodes"]
    by_name = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    found = {}
    for unique_id, query in queries.items():
        meta = nodes[unique_id]["config"]["meta"][META]
        of = by_name[meta["of"]]
        found[unique_id] = Change(
            query,
            state=quoted(meta["by"]),
            states=f"{quoted(of['schema'])}.{quoted(of['alias'])}",
            recipe=recipe(manifest, sql, unique_id, query),
        )
    return found


def is_built_by(con: duckdb.DuckDBPyConnection, node: Mapping[str, Any], change: Change) -> bool:
    """Return whether the table is there and was built by the same recipe."""
    found = con.execute(
        "select comment from duckdb_tables() where database_name = current_database() "
        "and schema_name = ? and table_name = ?",
        [node["schema"], node["alias"]],
    ).fetchone()
    note = dbt_notes.read(found[0]) if found else None
    return note is not None and note.recipe == change.recipe


def replace_changed(con: duckdb.DuckDBPyConnection, target: str, change: Change) -> bool:
    """Bring a table up to date; return False, and leave it, if too much of it is to go."""
    con.execute("begin")
    try:
        ((rows,),) = con.execute(f"select count(*) from {target}").fetchall()  # noqa: S608
        ((gone,),) = con.execute(
            f"delete from {target} where {change.state} not in "  # noqa: S608
            f"(select {change.state} from {change.states})"
        ).fetchall()
        is_worth_it = gone <= MOST * rows
        if is_worth_it:
            con.execute(f"insert into {target} by name (\n{change.query}\n)")
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit" if is_worth_it else "rollback")
    return is_worth_it


def note_recipe(con: duckdb.DuckDBPyConnection, target: str, change: Change) -> None:
    """Write down by what a table was built that was built whole, and nothing else."""
    dbt_notes.write(con, target, Note(recipe=change.recipe))
