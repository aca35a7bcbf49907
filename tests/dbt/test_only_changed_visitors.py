"""A second build replaces the rows of changed visitors, and ends as one that starts from nothing.

Raw rows come late, are corrected, move to another visitor, are deleted and erased; two customers
become one; the time zone, the present and the pause that ends a session change.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import small_web_company
from scratch_warehouse import insert_rows
from small_web_company import CUSTOMERS, SELECTION, START, event

from orchestration import warehouse
from orchestration.dbt import models as dbt_models
from orchestration.dbt import prepared
from orchestration.home import Home
from tests.dbt_builds import build_models, selected

pytestmark = pytest.mark.pipeline

Build = Callable[..., Path]
Change = Callable[[duckdb.DuckDBPyConnection], object]

REPLACED = ("int_web_events__sessionized", "int_web_sessions__summed")
SCHEMAS = ("staging", "intermediate", "features", "marts")
BUILT = "schema_name in ('intermediate', 'features', 'marts')"


def late(con: duckdb.DuckDBPyConnection) -> None:
    """Two events that were held back: one joins two visits of the phone, one opens the first."""
    known = START + timedelta(days=30)
    between = [event(f"late{n}", "phone", n, recorded_at=known) for n in (30, 60, 90, -10)]
    insert_rows(con, {"web_event": between})


def corrected(con: duckdb.DuckDBPyConnection) -> None:
    """The laptop saw another page, and what was the tablet's was another visitor's."""
    known = START + timedelta(days=31)
    insert_rows(
        con,
        {
            "web_event": [
                event("l2", "laptop", -50, path="/pricing", recorded_at=known),
                event("price-tablet-b", "stranger", -60 * 24 * 25, recorded_at=known),
            ]
        },
    )


def deleted(con: duckdb.DuckDBPyConnection) -> None:
    known = START + timedelta(days=32)
    insert_rows(
        con, {"web_event": [event("ping2", "reader", 0, recorded_at=known, is_deleted=True)]}
    )


def erased(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from raw.web_event where anonymous_id = 'anonymous_id:w:v3'")


def changed_in_place(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update raw.web_event set path = '/contact' where record_key = 't:sign4'")


def merged(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into identity.identifier_map select 'anonymous_id:w:v5', 'anonymous_id', "
        "customer_id, * exclude (identifier, id_type, customer_id) from identity.identifier_map "
        "where identifier = 'user_id:shop:1'"
    )


def other_settings(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update meta.settings set value = '2026-04-01' where name = 'as_of'")
    con.execute("update meta.settings set value = 'America/New_York' where name = 'time_zone'")


CHANGES = [late, corrected, deleted, erased, changed_in_place, merged, other_settings]


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        f'{schema}."{name}"'
        for schema, name in con.execute(
            f"select schema_name, table_name from duckdb_tables() where {BUILT} order by all"
        ).fetchall()
    ]


def rows(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: con.execute(f"select t::varchar from {table} as t order by 1").fetchall()
        for table in tables(con)
    }


def from_nothing(home: Path, target: Path) -> Path:
    """Return a copy in which every model is built as if it had never been."""
    target.mkdir()
    shutil.copyfile(home / "warehouse.duckdb", target / "warehouse.duckdb")
    with duckdb.connect(str(target / "warehouse.duckdb")) as con:
        for schema in SCHEMAS:
            con.execute(f"drop schema if exists {schema} cascade")
    build_models(target, *SELECTION)
    return target


@pytest.fixture
def home(build_warehouse: Build, tmp_path: Path) -> Path:
    """Return a built company of whom the test may change what it likes."""
    built = build_warehouse(small_web_company.rows(), CUSTOMERS, selection=SELECTION)
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(built, home / "warehouse.duckdb")
    return home


def change(home: Path, *made: Change) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        for one in made:
            one(con)


def contents(home: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return rows(con)


def mark(con: duckdb.DuckDBPyConnection) -> None:
    """Write into every row what a whole build would not, so that it shows which are kept."""
    con.execute("update intermediate.int_web_events__sessionized set title = 'kept'")
    con.execute("update intermediate.int_web_sessions__summed set landing_page = 'kept'")


def visitors_of_other_rows(home: Path) -> dict[str, set[str]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return {
            model: {
                visitor
                for (visitor,) in con.execute(
                    f"select split_part(visitor_key, ':', 3) from intermediate.{model} "
                    f"where {column} is distinct from 'kept'"
                ).fetchall()
            }
            for model, column in zip(REPLACED, ("title", "landing_page"), strict=True)
        }


def test_whatever_changed_the_tables_are_those_of_a_build_from_nothing(
    home: Path, tmp_path: Path
) -> None:
    before = contents(home)
    change(home, *CHANGES)

    build_models(home, *SELECTION)

    after = contents(home)
    changed = {table for table in after if after[table] != before[table]}
    assert after == contents(from_nothing(home, tmp_path / "whole"))
    assert {f'intermediate."{model}"' for model in REPLACED} <= changed
    assert 'marts."fct_web_sessions"' in changed


@pytest.mark.parametrize(
    ("made", "visitors"),
    [
        (late, {"phone"}),
        (corrected, {"laptop", "stranger"}),
        (deleted, {"reader"}),
        (erased, set()),
        (changed_in_place, {"v4"}),
        (merged, set()),
        (other_settings, set()),
    ],
)
def test_only_the_rows_of_changed_visitors_are_written(
    home: Path, made: Change, visitors: set[str]
) -> None:
    change(home, mark, made)

    build_models(home, "--select", *REPLACED, "int_web_visitors__states", "int_web_events__goals")

    assert visitors_of_other_rows(home) == dict.fromkeys(REPLACED, visitors)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        erased_rows = con.execute(
            "select count(*) from intermediate.int_web_sessions__summed "
            "where visitor_key = 'anonymous_id:w:v3'"
        ).fetchall()
    assert (erased_rows == [(0,)]) == (made is erased)


def test_another_pause_builds_every_row_anew(home: Path) -> None:
    project = prepared.project()
    sessionized = f"model.crm_warehouse.{REPLACED[0]}"
    pause = {
        name: sql[sessionized].replace("interval '30 minutes'", "interval '4 minutes'")
        for name, sql in {"sql": project.sql, "changes": project.changes}.items()
    }
    assert pause["sql"] != project.sql[sessionized]
    change(home, mark)

    with warehouse.connect(Home(home)) as con:
        dbt_models.build(
            con,
            project.manifest,
            project.sql | {sessionized: pause["sql"]},
            selected(project.manifest, ["--select", *REPLACED]),
            changes=project.changes | {sessionized: pause["changes"]},
        )
        kept = con.execute(
            "select count(*) from intermediate.int_web_events__sessionized where title = 'kept' "
            "union all select count(*) from intermediate.int_web_sessions__summed "
            "where landing_page = 'kept'"
        ).fetchall()
        visits = con.execute(
            "select count(*) from intermediate.int_web_sessions__summed "
            "where visitor_key = 'anonymous_id:w:phone'"
        ).fetchall()

    assert kept == [(0,), (0,)]
    assert visits == [(3,)]
