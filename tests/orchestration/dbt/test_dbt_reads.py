"""What a query reads is found by the names in its text: rather too much than too little."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.dbt.reads import is_pure, reads, settings_asked

THERE = {("raw", "order"), ("raw", "web_event"), ("meta", "settings"), ("main", "rates")}
NAMED = "select value from meta.settings where name = 'as_of'"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ('select * from "warehouse"."raw"."order"', {("raw", "order")}),
        ("select * from RAW . web_event as e where e.order = 1", {("raw", "web_event")}),
        ("select 1 -- as in raw.order", {("raw", "order")}),
        ("select a.raw.order from b", {("raw", "order")}),
        ("select * from rates", {("main", "rates")}),
        ("select order from web_event", set()),
    ],
)
def test_names_of_relations(sql: str, found: set[tuple[str, str]]):
    assert reads(sql, THERE) == found


@pytest.mark.parametrize(
    ("sql", "asked"),
    [
        ("select 1", set()),
        (f"select * from a where b < ({NAMED})", {"as_of"}),
        (f"select ({NAMED}), ({NAMED.replace('as_of', 'time_zone')})", {"as_of", "time_zone"}),
        (NAMED, None),
        (f"select ({NAMED} or true)", None),
        (f"select ({NAMED} or (name = 'time_zone'))", None),
        ("(select value from meta.settings where (name = 'as_of') or true)", None),
        ("(select value from meta.settings where name <> 'as_of')", None),
        ("(select value from meta.settings as s where name = 'as_of')", None),
        (f"select ({NAMED}), count(*) from meta.settings", None),
    ],
)
def test_settings_are_named_or_any_may_be_read(sql: str, asked: set[str] | None):
    assert settings_asked(sql) == asked


def test_the_text_that_the_engine_tells_of_a_view_names_its_settings(
    con: duckdb.DuckDBPyConnection,
):
    con.execute("create schema meta; create table meta.settings (name varchar, value varchar)")
    con.execute(f"create view v as select 1 as a where 'x' < ({NAMED})")
    ((sql,),) = con.execute("select sql from duckdb_views() where view_name = 'v'").fetchall()

    assert settings_asked(sql) == {"as_of"}


@pytest.mark.parametrize(
    "sql",
    [
        "select now()",
        "select Current_Date",
        "select random () < 0.5",
        "select * from read_csv('a.csv')",
        "select * from duckdb_tables()",
        "select * from a using sample 10 rows",
        "select * from information_schema.tables",
    ],
)
def test_what_is_not_made_of_rows_alone(sql: str):
    assert not is_pure(sql)


@pytest.mark.parametrize("sql", ["select known_from, now_at, error('x')", "select nowhere(1)"])
def test_what_is(sql: str):
    assert is_pure(sql)
