"""Models that are kept: what a table is made of is what it was made of.

The manifest, the compiled SQL and a connection in; for each node whether its table stands as it
would be built, and the note that lets the next run say so. Every relation has a version:

- a table that dbt does not build: the digest of all its rows, of ``meta.settings`` those asked for;
- a table that dbt builds: a name given when it was built, which stays if it is built again and all
  its rows come out the same, so that what is made of it is kept;
- a view: the digest of its SQL and of the versions that it reads.

A model's print is the digest of its recipe (SQL, contract, version of the engine) and of the
versions of what it reads. The table whose note has the same print is kept. No time is looked at.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt import notes as dbt_notes
from orchestration.dbt.notes import Note
from orchestration.dbt.reads import SETTINGS, Relation, is_pure, reads, settings_asked
from orchestration.dbt.seeds import seed_query
from orchestration.sql_text import quoted
from orchestration.table_prints import columns_of, digest, rows_print

Manifest = Mapping[str, Any]

RULES = 1
"""Raise when the same SQL over the same rows would make another table, or tests another verdict."""

LASTING = frozenset({"raw", "identity"})
"""Schemas in which nothing is written between the steps that build models of one run."""


def relation_of(node: Mapping[str, Any]) -> Relation:
    """Return schema and name of a node or source in lower case."""
    return node["schema"].lower(), (node.get("identifier") or node["alias"]).lower()


def _sql(relation: Relation) -> str:
    return f"{quoted(relation[0])}.{quoted(relation[1])}"


def _count(con: duckdb.DuckDBPyConnection, relation: Relation) -> int:
    ((rows,),) = con.execute(f"select count(*) from {_sql(relation)}").fetchall()  # noqa: S608
    return int(rows)


class Kept:
    """What stands as it would be built.

    Parameters
    ----------
    changes
        The second queries of ``dbt_changes`` by unique id.
    full_refresh
        Keep nothing, and give every table a new version.
    known
        Prints of tables in ``LASTING`` by earlier steps of the same run; those made here are added.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        manifest: Manifest,
        sql: Mapping[str, str],
        *,
        changes: Mapping[str, str] | None = None,
        full_refresh: bool = False,
        known: dict[Relation, str] | None = None,
    ) -> None:
        self.con = con
        self.manifest = manifest
        self.sql = sql
        self.changes = changes or {}
        self.full_refresh = full_refresh
        self.known = {} if known is None else known
        self._nodes = {
            relation_of(node)
            for node in manifest["nodes"].values()
            if node["resource_type"] in ("model", "seed")
        }
        self._building: set[Relation] = set()
        self._tables: dict[Relation, tuple[Note | None, str]] = {}
        self._views: dict[Relation, str] = {}
        self._relations: set[Relation] = set()
        self._settings: list[tuple[str, str]] = []
        self._versions: dict[Relation, str] = {}
        self._built: set[Relation] = set()

    def begin(self, selected: Collection[str]) -> None:
        """Look at what is there before the selected nodes are built; others are taken as they are.

        Tables that dbt does not build are hashed now: once models are built side by side, each
        session has one thread.
        """
        columns: dict[Relation, list[tuple[str, str]]] = {}
        for schema, name, column, type_ in self.con.execute(
            "select lower(schema_name), lower(table_name), column_name, data_type "
            "from duckdb_columns() where database_name = current_database() "
            "order by schema_name, table_name, column_index"
        ).fetchall():
            columns.setdefault((schema, name), []).append((column, type_))
        self._tables = {
            (schema, name): (dbt_notes.read(comment), digest(columns[schema, name]))
            for schema, name, comment in self.con.execute(
                "select lower(schema_name), lower(table_name), comment from duckdb_tables() "
                "where database_name = current_database()"
            ).fetchall()
        }
        self._views = {
            (schema, name): declared
            for schema, name, declared in self.con.execute(
                "select lower(schema_name), lower(view_name), sql from duckdb_views() "
                "where database_name = current_database() and not internal"
            ).fetchall()
        }
        self._relations = {*self._tables, *self._views, *self._nodes}
        if SETTINGS in self._tables:
            self._settings = self.con.execute(
                f"select name, to_json(one) from {_sql(SETTINGS)} as one order by all"  # noqa: S608
            ).fetchall()
        self._building = {relation_of(self.manifest["nodes"][one]) for one in selected}
        for unique_id in selected:
            for relation in self._read_by(unique_id) - self._building - {SETTINGS}:
                self.version(relation)

    def _query(self, unique_id: str) -> str:
        node = self.manifest["nodes"][unique_id]
        if node["resource_type"] == "seed":
            return ""
        return "\n".join([self.sql[unique_id], self.changes.get(unique_id, "")])

    def _read_by(self, unique_id: str) -> set[Relation]:
        """Return what dbt says that a node reads, and what else its SQL names."""
        node, found = self.manifest["nodes"][unique_id], set()
        for one in node["depends_on"].get("nodes", []):
            parent = self.manifest["nodes"].get(one) or self.manifest["sources"].get(one)
            if parent is not None:
                found.add(relation_of(parent))
        found |= reads(self._query(unique_id), self._relations)
        if node["resource_type"] in ("model", "seed"):
            found.discard(relation_of(node))
        return found

    def _versions_of(self, relations: Collection[Relation], sql: str) -> list[tuple[object, ...]]:
        asked = settings_asked(sql)
        settings = [row for row in self._settings if asked is None or row[0] in asked]
        return [
            (one, settings if one == SETTINGS else self.version(one)) for one in sorted(relations)
        ]

    def _note(self, relation: Relation) -> Note | None:
        """Return the note of a table that is still the one it was written on."""
        note, shape = self._tables.get(relation, (None, ""))
        if note is None or not note.made_of or note.shape != shape:
            return None
        return note if _count(self.con, relation) == note.rows else None

    def version(self, relation: Relation) -> str:
        """Return what changes whenever the rows of a relation do."""
        if relation in self._versions:
            return self._versions[relation]
        if relation in self._views:
            sql = self._views[relation]
            read = reads(sql, self._relations) - {relation}
            # one that looks at the clock is another one each time
            chance = "" if is_pure(sql) else uuid.uuid4().hex
            found = digest(sql, self._versions_of(read, sql), chance)
            if relation in self._built or not self._building:
                self._versions[relation] = found
            return found
        if relation not in self._tables:
            return "not there"
        note = self._note(relation) if relation in self._nodes else None
        found = note.version if note else self._print(relation)
        if relation not in self._building:
            self._versions[relation] = found
        return found

    def _print(self, relation: Relation) -> str:
        if relation[0] not in LASTING:
            return rows_print(self.con, _sql(relation))
        if relation not in self.known:
            self.known[relation] = rows_print(self.con, _sql(relation))
        return self.known[relation]

    def made_of(self, unique_id: str) -> str:
        """Return the print of a model, seed or data test."""
        node, query = self.manifest["nodes"][unique_id], self._query(unique_id)
        recipe: list[object] = [RULES, duckdb.__version__, unique_id, query]
        if node["resource_type"] == "seed":
            sql, parameters = seed_query(node)
            # dbt's checksum of a large seed is its path
            content = Path(parameters["file"]).read_bytes()
            recipe += [sql, hashlib.sha256(content).hexdigest()]
        if node["resource_type"] == "model":
            columns = [(name, one["data_type"]) for name, one in node["columns"].items()]
            recipe += [node["config"]["contract"]["enforced"], columns]
        return digest(recipe, self._versions_of(self._read_by(unique_id), query))

    def stands(self, unique_id: str, made_of: str) -> bool:
        """Say whether the table of a node is what would be built now.

        Parameters
        ----------
        made_of
            Its print now.
        """
        if self.full_refresh or not is_pure(self._query(unique_id)):
            return False
        relation = relation_of(self.manifest["nodes"][unique_id])
        note = self._note(relation)
        if note is None or note.made_of != made_of:
            return False
        self._versions[relation] = note.version
        return True

    def may_be_replaced(self, session: duckdb.DuckDBPyConnection, unique_id: str) -> bool:
        """Say whether rows of a table may be left as they are while others are replaced.

        Not if somebody added or took some; of a run that was killed meanwhile nothing is noted.
        """
        relation = relation_of(self.manifest["nodes"][unique_id])
        note, _ = self._tables.get(relation, (None, ""))
        return not self.full_refresh and (
            note is None or not note.made_of or note.rows == _count(session, relation)
        )

    def note(
        self,
        session: duckdb.DuckDBPyConnection,
        unique_id: str,
        *,
        made_of: str,
        recipe: str = "",
    ) -> Note:
        """Write down what a table was made of that has just been built.

        If its rows are those of the build before, the version stays. Rows are hashed from the
        second build on: to hash all tables when they are first built takes a fifteenth of building
        them. A hash of the rows before, made only now, would not do: somebody may have changed
        them by hand after others had read them.

        Parameters
        ----------
        session
            Of the thread that has built it.
        recipe
            Of ``dbt_changes``, if rows of the table can be replaced.
        """
        relation = relation_of(self.manifest["nodes"][unique_id])
        before = None if self.full_refresh else self._tables.get(relation, (None, ""))[0]
        columns = columns_of(session, _sql(relation))
        content = rows_print(session, _sql(relation), columns) if before else ""
        is_same = before is not None and before.version and before.content == content
        note = Note(
            recipe=recipe,
            made_of=made_of,
            version=before.version if before and is_same else uuid.uuid4().hex,
            shape=digest(columns),
            rows=_count(session, relation),
            content=content,
        )
        dbt_notes.write(session, _sql(relation), note)
        return note

    def built(self, unique_id: str, note: Note | None) -> None:
        """Take a node that has been built; a view has no note."""
        relation = relation_of(self.manifest["nodes"][unique_id])
        if note is not None:
            self._versions[relation] = note.version
            return
        ((sql,),) = self.con.execute(
            "select sql from duckdb_views() where database_name = current_database() "
            "and lower(schema_name) = ? and lower(view_name) = ?",
            [*relation],
        ).fetchall()
        self._views[relation] = sql
        self._built.add(relation)

    def broke(self, unique_id: str) -> None:
        """Take a node that could not be built: what was noted of it may be another table's."""
        self._tables[relation_of(self.manifest["nodes"][unique_id])] = (None, "")

    def finish(self) -> None:
        """Take it that nothing more is built; what is asked now is asked of what is there."""
        self._building = set()
