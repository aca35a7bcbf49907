"""The models of the project are kept while what they read is the same, and only then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import acting_company
import duckdb
import pytest
from test_only_changed_visitors import SCHEMAS

from orchestration import warehouse
from orchestration.dbt import models as dbt_models
from orchestration.dbt import prepared
from orchestration.dbt.kept import Kept, relation_of
from orchestration.dbt.reads import IMPURE_FUNCTIONS, is_pure, settings_asked
from orchestration.home import Home
from tests.dbt_builds import build_models

PROJECT = prepared.project()

SIMPLE = ("not_null_", "unique_", "relationships_", "accepted_values_")
"""Names of generic tests that dbt writes the SQL of: what they read, it knows."""

CHANGES = (
    # late, corrected, deleted and erased records
    "insert into raw.interaction select * replace "
    "(record_key || ':late' as record_key, started_at - interval '1 day' as started_at) "
    "from raw.interaction limit 1",
    "update raw.order set total = total + 1",
    "insert into raw.opportunity select * replace (true as is_deleted, "
    "recorded_at + interval '1 day' as recorded_at) from raw.opportunity limit 1",
    "delete from raw.web_event where record_key = (select min(record_key) from raw.web_event)",
    # two customers become one
    "update identity.identifier_map set customer_id = (select min(customer_id) from "
    "identity.customers) where customer_id = (select max(customer_id) from identity.customers)",
    "update meta.settings set value = 'America/New_York' where name = 'time_zone'",
    # what somebody did in the build database
    "drop table marts.fct_orders",
    "create or replace table intermediate.int_business_days as "
    "select * from intermediate.int_business_days limit 1",
    "delete from marts.dim_customers",
    "create or replace view staging.stg_invoices as select 1 as invoice_id",
)


def home_of(build: Callable[..., Path], folder: Path) -> Path:
    built = build(acting_company.rows(), acting_company.CUSTOMERS, ["c_org"])
    folder.mkdir()
    shutil.copyfile(built, folder / "warehouse.duckdb")
    return folder


@pytest.mark.pipeline
def test_whatever_changed_the_tables_are_those_of_a_build_from_nothing(
    build_warehouse: Callable[..., Path], tmp_path: Path
) -> None:
    home = home_of(build_warehouse, tmp_path / "home")
    assert kept_tables(home) == every_table()
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        for change in CHANGES:
            assert con.execute(change).fetchall() != [(0,)], change
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    with duckdb.connect(str(whole / "warehouse.duckdb")) as con:
        for schema in SCHEMAS:
            con.execute(f"drop schema if exists {schema} cascade")

    build_models(home)
    build_models(whole)

    assert contents(home) == contents(whole)


def contents(home: Path) -> dict[str, list[tuple[object, ...]]]:
    nodes = PROJECT.manifest["nodes"]
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return {
            one: con.execute(
                "select count(*), sum(hash(hash(rows_::varchar))) "
                f"from {dbt_models.relation(nodes[one])} as rows_"
            ).fetchall()
            for one in dbt_models.buildable(PROJECT.manifest)
        }


def every_table() -> set[str]:
    nodes = PROJECT.manifest["nodes"]
    return {
        one
        for one in dbt_models.buildable(PROJECT.manifest)
        if dbt_models.kind(nodes[one]) == "table"
    }


def kept_tables(home: Path) -> set[str]:
    with warehouse.connect(Home(home)) as con:
        results = dbt_models.build(
            con,
            PROJECT.manifest,
            PROJECT.sql,
            dbt_models.buildable(PROJECT.manifest),
            changes=PROJECT.changes,
            kept=Kept(con, PROJECT.manifest, PROJECT.sql, changes=PROJECT.changes),
        )
    return {one.unique_id for one in results if one.status == "kept"}


def engines_names(con: duckdb.DuckDBPyConnection, sql: str) -> set[tuple[str, ...]]:
    """Return the tables that the engine finds in a query; aliases are cut off."""
    found = con.get_table_names(sql, qualified=True)
    names = (name.partition(" AS ")[0].replace('"', "").split(".") for name in found)
    return {tuple(name[-2:]) for name in names}


def test_whatever_the_engine_finds_in_a_query_is_in_its_print() -> None:
    """A few tests name tables in their SQL that dbt was never told of."""
    nodes, sources = PROJECT.manifest["nodes"], PROJECT.manifest["sources"]
    forgotten, asked = {}, 0
    with duckdb.connect(":memory:") as con:
        kept = Kept(con, PROJECT.manifest, PROJECT.sql, changes=PROJECT.changes)
        kept.begin([])
        kept._relations |= {relation_of(source) for source in sources.values()}
        for unique_id, sql in PROJECT.sql.items():
            if nodes[unique_id]["name"].startswith(SIMPLE):
                continue
            try:
                names = engines_names(con, sql)
            except duckdb.BinderException:
                # it wants to know columns of tables that are not there
                continue
            asked += 1
            missing = names - kept._read_by(unique_id) - {relation_of_model(unique_id)}
            if missing:
                forgotten[unique_id] = missing
    assert forgotten == {}
    assert asked > 500


def relation_of_model(unique_id: str) -> tuple[str, ...]:
    node = PROJECT.manifest["nodes"][unique_id]
    return relation_of(node) if node["resource_type"] == "model" else ()


def test_no_model_or_test_looks_at_the_clock_or_at_chance() -> None:
    assert [one for one, sql in PROJECT.sql.items() if not is_pure(sql)] == []


def test_every_function_that_the_engine_calls_impure_is_known(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = con.execute(
        "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'"
    ).fetchall()

    assert {name for (name,) in found} - {"error", "current_date"} <= IMPURE_FUNCTIONS


def test_every_query_says_which_settings_it_reads() -> None:
    assert [one for one, sql in PROJECT.sql.items() if settings_asked(sql) is None] == []
