"""A built warehouse and a day in; the warehouse as it was built on that day out."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.dbt import prepared


def ancestors(unique_id: str, found: dict[str, None] | None = None) -> list[str]:
    """Return the models that a model is made of, and the model, parents first."""
    found = {} if found is None else found
    nodes = prepared.project().manifest["nodes"]
    for parent in nodes[unique_id]["depends_on"]["nodes"]:
        if parent.startswith("model.") and parent not in found:
            ancestors(parent, found)
    found[unique_id] = None
    return list(found)


def rebuild(path: Path, target: Path, model: str, day: datetime) -> duckdb.DuckDBPyConnection:
    """Return a copy in which ``model`` is built of what was known at the beginning of ``day``."""
    target.mkdir()
    copy = target / "warehouse.duckdb"
    shutil.copy(path, copy)
    con = duckdb.connect(str(copy))
    for (table,) in con.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall():
        con.execute(f'delete from raw."{table}" where known_at > ?', [day])
    con.execute("update meta.settings set value = ? where name = 'as_of'", [day.isoformat()])
    tables = {
        (schema, name)
        for schema, name in con.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
    }
    nodes = prepared.project().manifest["nodes"]
    for unique_id in ancestors(f"model.crm_warehouse.{model}"):
        node = nodes[unique_id]
        if (node["schema"], node["name"]) in tables:
            sql = prepared.project().sql[unique_id]
            con.execute(f"create or replace table {node['schema']}.{node['name']} as {sql}")
    return con
