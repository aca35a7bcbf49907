"""Models are built in their order, and what breaks breaks only what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import duckdb
import pytest
from small_manifest import manifest, node

from orchestration.dbt import models as dbt_models
from orchestration.dbt.models import NodeResult, build


def built(
    con: duckdb.DuckDBPyConnection, sql: Mapping[str, str], *nodes: dict, threads: int = 2
) -> dict[str, NodeResult]:
    project = manifest(*nodes)
    queries = {f"model.{name}": query for name, query in sql.items()}
    results = build(con, project, queries, dbt_models.buildable(project), threads=threads)
    return {one.unique_id.removeprefix("model."): one for one in results}


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_model_comes_after_those_it_is_made_of(con: duckdb.DuckDBPyConnection, threads: int):
    names = [f"m{number}" for number in range(20)]
    nodes = [node("m0"), *(node(b, a) for a, b in pairwise(names))]
    sql = {"m0": "select 0 as n"} | {
        b: f"select n + 1 as n from marts.{a}" for a, b in pairwise(names)
    }

    results = built(con, sql, *reversed(nodes), threads=threads)

    assert list(results) == names
    assert con.execute("select n from marts.m19").fetchall() == [(19,)]


def test_what_is_made_of_a_broken_model_is_skipped_and_the_rest_is_built(
    con: duckdb.DuckDBPyConnection,
):
    sql = {
        "broken": "select no_such_column",
        "of_it": "from marts.broken",
        "of_that": "from marts.of_it",
        "other": "select 1 as n -- a comment at the end",
    }
    nodes = [node("broken"), node("of_it", "broken"), node("of_that", "of_it"), node("other")]

    results = built(con, sql, *nodes)

    assert {name: one.status for name, one in results.items()} == {
        "broken": "error", "of_it": "skipped", "of_that": "skipped", "other": "success",
    }  # fmt: skip
    assert "no_such_column" in results["broken"].message


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": "bigint", "name": "varchar"}, None),
        ({"id": "int8", "name": "text"}, None),
        ({"name": "varchar", "id": "bigint"}, "they are declared in the order name, id"),
        ({"id": "integer", "name": "varchar"}, "there and not declared: id BIGINT"),
        ({"id": "bigint"}, "there and not declared: name VARCHAR"),
        (
            {"id": "bigint", "name": "varchar", "at": "timestamp"},
            "declared and not there: at TIMESTAMP; there and not declared: none",
        ),
    ],
)
def test_a_contract_is_names_types_and_order(
    con: duckdb.DuckDBPyConnection, columns: dict[str, str], said: str | None
):
    sql = {"orders": "select 1::bigint as id, 'a' as name"}

    result = built(con, sql, node("orders", columns=columns))["orders"]

    assert result.status == ("error" if said else "success")
    assert (said or "") in result.message
    if said:
        assert "models/orders.sql or models/_orders.yml" in result.message


def test_a_view_becomes_a_table_and_a_table_a_view(con: duckdb.DuckDBPyConnection):
    sql = {"a": "select 1 as n", "b": "select 2 as n"}
    built(con, sql, node("a", materialized="view"), node("b"))

    results = built(con, sql, node("a"), node("b", materialized="view"))

    assert {one.status for one in results.values()} == {"success"}
    assert con.execute(
        "select table_name, table_type from information_schema.tables order by all"
    ).fetchall() == [("a", "BASE TABLE"), ("b", "VIEW")]


def test_every_session_has_the_settings_of_the_warehouse(con: duckdb.DuckDBPyConnection):
    setting = "select current_setting('asof_loop_join_threshold') as n"

    built(con, {"a": setting, "b": setting}, node("a"), node("b"))

    assert con.execute("select n from marts.a union select n from marts.b").fetchall() == [(0,)]


def test_moments_are_utc_in_every_session_and_order_is_kept_afterwards(
    con: duckdb.DuckDBPyConnection,
):
    con.execute("set TimeZone = 'Asia/Tokyo'")
    sql = {"a": "select cast(timestamptz '2026-01-01 00:00:00+00' as timestamp) as n"}

    built(con, sql, node("a"))

    assert con.execute("select n::varchar from marts.a").fetchall() == [("2026-01-01 00:00:00",)]
    assert con.execute("select current_setting('preserve_insertion_order')").fetchall() == [(True,)]


def test_an_interrupt_ends_what_is_being_built(con: duckdb.DuckDBPyConnection):
    endless = "select count(*) as n from range(1000000000) as a(i), range(1000000) as b(j)"
    project = manifest(node("quick"), node("endless"))

    def stop(result: NodeResult) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(
            con,
            project,
            {"model.quick": "select 1 as n", "model.endless": endless},
            dbt_models.buildable(project),
            stop,
        )

    assert con.execute("select n from marts.quick").fetchall() == [(1,)]
    assert con.execute("select current_setting('preserve_insertion_order')").fetchall() == [(True,)]
