"""dbt's models and seeds, built as the SQL they are compiled to.

The manifest, the compiled SQL and a connection in; tables and views, and one result per node out.
dbt spends 100 ms of Python on every node it builds, so 291 of them took 31 CPU seconds over hardly
any data; DuckDB builds them in 3. What the models say changes only with the project: dbt compiles
it once (``orchestration.dbt.prepared``). Materialization, order and contract mean what they mean to
dbt, and ``dbt build`` builds the same on the command line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Literal

import duckdb

from orchestration.dbt import changes as dbt_changes
from orchestration.dbt.changes import Change, is_built_by, note_recipe, replace_changed
from orchestration.dbt.contracts import ContractBroken, check_contract
from orchestration.dbt.kept import Kept
from orchestration.dbt.notes import Note
from orchestration.dbt.seeds import seed_query
from orchestration.sql_text import quoted
from orchestration.warehouse import packed_simply, set_session

Manifest = Mapping[str, Any]

THREADS = 2
"""Small models are planned rather than computed, and a plan is made on one core."""


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What became of one node.

    Parameters
    ----------
    status
        ``kept`` if its table is what would be built, ``skipped`` if a node that it is made of broke
        or was skipped.
    seconds
        From the start of its statement to its end.
    message
        The engine's words if it broke; they may quote a value.
    note
        What was written down about a table that was built.
    """

    unique_id: str
    status: Literal["success", "kept", "error", "skipped"]
    seconds: float = 0.0
    message: str = ""
    note: Note | None = None

    @property
    def stands(self) -> bool:
        """Whether its table or view is there as it is to be."""
        return self.status in ("success", "kept")


def buildable(manifest: Manifest) -> list[str]:
    """Return the ids of all models and seeds."""
    return sorted(
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    )


def relation(node: Mapping[str, Any]) -> str:
    """Return ``"schema"."table"`` of a node or source."""
    return f"{quoted(node['schema'])}.{quoted(node.get('identifier') or node['alias'])}"


def kind(node: Mapping[str, Any]) -> str:
    """Return ``view`` or ``table``."""
    return "view" if node["config"]["materialized"] == "view" else "table"


def create_missing_sources(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Create every source table that is not there, empty, as the macro ``ensure_sources`` does."""
    for source in manifest["sources"].values():
        columns = ", ".join(
            f"{quoted(column['name'])} {column['data_type']}"
            f"{' primary key' if column['meta'].get('primary_key') else ''}"
            for column in source["columns"].values()
            if column["data_type"]
        )
        if columns:
            con.execute(f"create schema if not exists {quoted(source['schema'])}")
            con.execute(f"create table if not exists {relation(source)} ({columns})")


def clear_the_way(con: duckdb.DuckDBPyConnection, nodes: Collection[Mapping[str, Any]]) -> None:
    """Make the schemas, and drop views that are to become tables and the other way round."""
    for schema in sorted({node["schema"] for node in nodes}):
        con.execute(f"create schema if not exists {quoted(schema)}")
    wanted = {relation(node): kind(node) for node in nodes}
    there = con.execute(
        "select schema_name, view_name, 'view' from duckdb_views() "
        "where database_name = current_database() and not internal "
        "union all select schema_name, table_name, 'table' from duckdb_tables() "
        "where database_name = current_database()"
    ).fetchall()
    for schema, name, found in there:
        one = f"{quoted(schema)}.{quoted(name)}"
        if wanted.get(one, found) != found:
            con.execute(f"drop {found} {one}")


def build_node(
    con: duckdb.DuckDBPyConnection,
    node: Mapping[str, Any],
    sql: Mapping[str, str],
    change: Change | None = None,
    kept: Kept | None = None,
    made_of: str = "",
) -> NodeResult:
    """Build one node; what the engine or the contract refuses is a result, too."""
    unique_id, target = node["unique_id"], relation(node)
    if node["resource_type"] == "seed":
        query, parameters = seed_query(node)
    else:
        query, parameters = sql[unique_id], {}
    note = None
    started = time.perf_counter()
    try:
        if not (
            change
            and may_be_replaced(con, node, change, kept)
            and replace_changed(con, target, change)
        ):
            # whatever was noted goes with the table that is replaced
            con.execute(f"create or replace {kind(node)} {target} as (\n{query}\n)", parameters)
            if change:
                note_recipe(con, target, change)
        if node["config"]["contract"]["enforced"]:
            check_contract(con, node, target)
        if kept and kind(node) == "table":
            recipe = change.recipe if change else ""
            note = kept.note(con, unique_id, made_of=made_of, recipe=recipe)
    except duckdb.FatalException:
        # the file must be opened anew: whoever holds the connection knows how
        raise
    except (duckdb.Error, ContractBroken) as error:
        return NodeResult(unique_id, "error", time.perf_counter() - started, str(error))
    return NodeResult(unique_id, "success", time.perf_counter() - started, note=note)


def may_be_replaced(
    con: duckdb.DuckDBPyConnection, node: Mapping[str, Any], change: Change, kept: Kept | None
) -> bool:
    """Say whether a table may be brought up to date, and take back what is noted of its rows.

    A run that is killed meanwhile must not leave other rows under the note of these.
    """
    if not is_built_by(con, node, change) or (
        kept and not kept.may_be_replaced(con, node["unique_id"])
    ):
        return False
    note_recipe(con, relation(node), change)
    return True


@contextmanager
def _sessions(
    con: duckdb.DuckDBPyConnection, count: int
) -> Iterator[list[duckdb.DuckDBPyConnection]]:
    """Open sessions of the same database, which share the cores, and close them after.

    A session whose last task another thread is at asks for news as fast as it can, and takes the
    interpreter each time: with two threads for each of two sessions on two cores, the models of
    the smallest companies cost a fifth more.
    """
    opened = [con.cursor() for _ in range(count)]
    (threads,) = con.execute("select current_setting('threads')").fetchone() or (1,)
    # the order of rows in a table says nothing, and keeping it costs memory
    con.execute("set preserve_insertion_order = false")
    con.execute(f"set threads = {max(1, threads // count)}")
    try:
        for session in opened:
            set_session(session)
        yield opened
    finally:
        for session in opened:
            session.close()
        con.execute("set preserve_insertion_order = true")
        con.execute(f"set threads = {threads}")


def build(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    sql: Mapping[str, str],
    selected: Collection[str],
    on_result: Callable[[NodeResult], None] = lambda result: None,
    *,
    changes: Mapping[str, str] | None = None,
    kept: Kept | None = None,
    threads: int = THREADS,
) -> list[NodeResult]:
    """Build the selected models and seeds, each after those it is made of.

    Parameters
    ----------
    sql
        The compiled SQL of every model by unique id.
    selected
        Unique ids; other nodes are taken as they are.
    on_result
        Called from this thread whenever a node is finished.
    changes
        The SQL that selects only what changed, by unique id, of the models that can be built so.
    kept
        Says which tables stand as they would be built; without it every node is built.
    threads
        How many nodes are built side by side; the engine's own threads come on top.

    Returns
    -------
    list of NodeResult
        One per selected node, in the order in which they were finished.
    """
    nodes = {unique_id: manifest["nodes"][unique_id] for unique_id in selected}
    replaced = dbt_changes.changes(manifest, sql, changes or {})
    create_missing_sources(con, manifest)
    clear_the_way(con, nodes.values())
    if kept:
        kept.begin(nodes)
    parents = {
        unique_id: [one for one in node["depends_on"].get("nodes", []) if one in nodes]
        for unique_id, node in nodes.items()
    }
    order = TopologicalSorter(parents)
    order.prepare()
    results: dict[str, NodeResult] = {}

    def finish(result: NodeResult) -> None:
        results[result.unique_id] = result
        if kept and result.status == "success":
            kept.built(result.unique_id, result.note)
        elif kept and result.status == "error":
            kept.broke(result.unique_id)
        order.done(result.unique_id)
        on_result(result)

    waiting: list[str] = []
    running: dict[Future[NodeResult], duckdb.DuckDBPyConnection] = {}
    with (
        packed_simply(con),
        _sessions(con, threads) as sessions,
        ThreadPoolExecutor(threads) as pool,
    ):
        idle = list(sessions)
        try:
            while order.is_active():
                waiting.extend(order.get_ready())
                while waiting and idle:
                    unique_id = waiting.pop(0)
                    if not all(results[one].stands for one in parents[unique_id]):
                        finish(NodeResult(unique_id, "skipped"))
                        continue
                    made_of = kept.made_of(unique_id) if kept else ""
                    if kept and kept.stands(unique_id, made_of):
                        finish(NodeResult(unique_id, "kept"))
                        continue
                    session = idle.pop()
                    work = pool.submit(
                        build_node,
                        session,
                        nodes[unique_id],
                        sql,
                        replaced.get(unique_id),
                        kept,
                        made_of,
                    )
                    running[work] = session
                for work in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                    idle.append(running.pop(work))
                    finish(work.result())
        except BaseException:
            # the pool waits for its threads: end what they are at
            for session in sessions:
                session.interrupt()
            raise
    if kept:
        kept.finish()
    return list(results.values())
