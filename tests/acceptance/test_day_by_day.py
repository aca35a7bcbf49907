"""A warehouse built day after day ends with the same tables as one built at once.

Which tables there are is asked of dbt: a new one is covered as soon as it exists. The rows of the
last days come in an order of their own, so that a table that depends on the order of the rows, or
on the threads that added them up, differs as well. No model reads what it was before: one evening
before the last tells as much as many.
"""

from __future__ import annotations

import shutil
from datetime import datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt import prepared
from tests.acceptance.warehouse import Warehouse
from tests.dbt_builds import build_models
from tests.made_once import made_once

pytestmark = pytest.mark.pipeline

DAYS = 365
"""Days before the end on whose evening the first build stands: few records are deleted."""

LAYERS = ("staging", "intermediate", "features", "marts", "crm")


def tables() -> list[tuple[str, str]]:
    """Return schema and name of every table that dbt builds."""
    nodes = prepared.project().manifest["nodes"].values()
    return sorted(
        (node["schema"], node["name"])
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] in LAYERS
    )


def hold_back(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Move every raw row aside and drop what was built of them; return the raw tables."""
    for schema, table in tables():
        kind = con.execute(
            "select table_type from information_schema.tables "
            "where table_schema = ? and table_name = ?",
            [schema, table],
        ).fetchone()
        if kind is not None:
            con.execute(f"drop {'view' if kind == ('VIEW',) else 'table'} {schema}.{table}")
    con.execute("create schema held")
    names = [
        name
        for (name,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw' order by all"
        ).fetchall()
    ]
    for name in names:
        con.execute(f'create table held."{name}" as select * from raw."{name}"')
        con.execute(f'delete from raw."{name}"')
    return names


def deliver(
    con: duckdb.DuckDBPyConnection, names: list[str], condition: str, evening: datetime
) -> None:
    """Add the rows that meet the condition, in an order that says nothing."""
    for name in names:
        con.execute(
            f'insert into raw."{name}" select * from held."{name}" '
            f"where {condition} order by md5(record_hash), known_at desc",
            [evening],
        )


def columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """Return the columns of every table by name; their order may differ."""
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, name in con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() order by all"
    ).fetchall():
        found.setdefault((schema, table), []).append(f'"{name}"')
    return found


def fingerprint(con: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> tuple[int, int]:
    """Return the number of rows and a sum of hashes over some of their columns."""
    row = con.execute(
        f"select count(*), coalesce(sum(hash(({', '.join(names)}))), 0) from {table}"
    ).fetchall()[0]
    return row[0], int(row[1])


@pytest.fixture(scope="module")
def evening(built: Warehouse) -> datetime:
    """Return the moment the first build stands at."""
    ((as_of,),) = built.query_build("select value from meta.settings where name = 'as_of'")
    return datetime.combine(datetime.fromisoformat(as_of).date(), time()) - timedelta(days=DAYS)


@pytest.fixture(scope="module")
def day_by_day(
    built: Warehouse, evening: datetime, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Return a warehouse that was built on the evening, and again at the end."""

    def make(home: Path) -> None:
        home.mkdir()
        file = home / "warehouse.duckdb"
        shutil.copyfile(built.home / "warehouse.duckdb", file)
        with duckdb.connect(str(file)) as con:
            names = hold_back(con)
            deliver(con, names, "known_at <= ?", evening)
            con.execute("create table held.settings as from meta.settings")
            con.execute("update meta.settings set value = ? where name = 'as_of'", [str(evening)])
        build_models(home)
        with duckdb.connect(str(file)) as con:
            deliver(con, names, "known_at > ?", evening)
            con.execute("delete from meta.settings")
            con.execute("insert into meta.settings from held.settings")
        build_models(home)

    return Warehouse(made_once(tmp_path_factory, "day_by_day", make))


def test_the_last_days_bring_late_changed_merged_and_deleted_records(
    built: Warehouse, evening: datetime
) -> None:
    late = changed = merged = deleted = 0
    with duckdb.connect(str(built.home / "warehouse.duckdb"), read_only=True) as con:
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall():
            counts = con.execute(
                "select count(*) filter (where known_at > occurred_at + interval 1 day), "
                "count(*) filter (where version > 1 and not is_deleted), "
                "count(*) filter (where merged_into_ref is not null), "
                "count(*) filter (where is_deleted and merged_into_ref is null) "
                "from (select *, row_number() over (partition by record_key order by known_at) "
                f'as version from raw."{table}") where known_at > ?',
                [evening],
            ).fetchall()[0]
            late, changed = late + counts[0], changed + counts[1]
            merged, deleted = merged + counts[2], deleted + counts[3]
    assert min(late, changed, merged, deleted) > 0, (late, changed, merged, deleted)


def test_every_table_is_the_same_whether_built_day_by_day_or_at_once(
    built: Warehouse, day_by_day: Warehouse
) -> None:
    differing: dict[str, list[str]] = {}
    filled: list[bool] = []
    # each file by itself: what refers to the catalog by name finds it only under its own
    with (
        duckdb.connect(str(built.home / "warehouse.duckdb"), read_only=True) as once,
        duckdb.connect(str(day_by_day.home / "warehouse.duckdb"), read_only=True) as daily,
    ):
        expected_columns, daily_columns = columns(once), columns(daily)
        for schema, name in tables():
            table, names = f'{schema}."{name}"', expected_columns[schema, name]
            assert daily_columns[schema, name] == names, table
            expected = fingerprint(once, table, names)
            if fingerprint(daily, table, names) != expected:
                differing[table] = [
                    one
                    for one in names
                    if fingerprint(once, table, [one]) != fingerprint(daily, table, [one])
                ]
            if schema == "marts":
                filled.append(expected[0] > 0)

    assert differing == {}
    assert sum(filled) >= 0.9 * len(filled)
