"""Only rows whose state is no longer current are replaced, and a new recipe builds all of them."""

from __future__ import annotations

import duckdb
import pytest
from small_manifest import manifest, node

from orchestration.dbt import changes as dbt_changes
from orchestration.dbt import models as dbt_models
from orchestration.dbt.models import NodeResult

STATES = "select name, hash(name, sum(amount)) as state from raw.facts group by name"
WHOLE = "select facts.name, facts.amount, state from raw.facts inner join marts.states using (name)"
CHANGES = f"{WHOLE} where state not in (select state from marts.totals)"

MANIFEST = manifest(
    node("states"),
    node("totals", "states", meta={dbt_changes.META: {"by": "state", "of": "states"}}),
)


def build(con: duckdb.DuckDBPyConnection, whole: str = WHOLE, changes: str = CHANGES) -> NodeResult:
    return dbt_models.build(
        con,
        MANIFEST,
        {"model.states": STATES, "model.totals": whole},
        dbt_models.buildable(MANIFEST),
        changes={"model.totals": changes},
    )[-1]


def totals(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    return con.execute("select name, amount from marts.totals order by all").fetchall()


@pytest.fixture
def built(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a table of ten names, each changed by hand so that a row that is kept shows."""
    con.execute("create schema raw")
    con.execute(
        "create table raw.facts as select 'n' || i as name, i as amount from range(10) t(i)"
    )
    assert build(con).status == "success"
    con.execute("update marts.totals set amount = amount + 100")
    return con


def test_rows_that_are_new_late_corrected_or_gone_are_replaced_and_others_kept(built):
    built.execute("delete from raw.facts where name = 'n3'")
    built.execute("update raw.facts set amount = 50 where name = 'n4'")
    built.execute("insert into raw.facts values ('new', 7)")

    build(built)

    kept = [(f"n{i}", 100 + i) for i in range(10) if i not in (3, 4)]
    assert totals(built) == sorted([*kept, ("n4", 50), ("new", 7)])


def test_a_row_that_comes_late_replaces_all_rows_of_its_state(built):
    built.execute("insert into raw.facts values ('n4', 1)")

    build(built)

    assert [row for row in totals(built) if row[1] < 100] == [("n4", 1), ("n4", 4)]


@pytest.mark.parametrize(
    "queries",
    [
        {"whole": WHOLE.replace("facts.amount", "facts.amount + 1 as amount")},
        {"changes": CHANGES + " and true"},
    ],
)
def test_another_recipe_builds_the_whole_table(built, queries: dict[str, str]):
    build(built, **queries)

    assert max(amount for _, amount in totals(built)) <= 10


def test_a_table_that_something_else_built_is_built_whole(built):
    built.execute("create or replace table marts.totals as from marts.totals")

    build(built)

    assert totals(built) == [(f"n{i}", i) for i in range(10)]


def test_a_table_of_which_much_changed_is_built_whole(built):
    built.execute("delete from raw.facts where amount < 3")

    build(built)

    assert totals(built) == [(f"n{i}", i) for i in range(3, 10)]


def test_a_build_that_breaks_leaves_the_table_as_it_was(built):
    before = totals(built)
    built.execute("delete from raw.facts where name = 'n3'")
    broken = CHANGES.replace("facts.amount", "error('broken') as amount")
    sql = {"model.states": STATES, "model.totals": WHOLE}
    change = dbt_changes.changes(MANIFEST, sql, {"model.totals": broken})["model.totals"]
    dbt_changes.note_recipe(built, "marts.totals", change)
    built.execute("insert into raw.facts values ('new', 7)")

    result = build(built, changes=broken)

    assert (result.status, "broken" in result.message) == ("error", True)
    assert totals(built) == before


def test_the_recipe_names_seeds_and_all_that_a_model_is_made_of():
    seed = {"depends_on": {}, "checksum": {"checksum": "1"}, "resource_type": "seed"}
    model = {"depends_on": {"nodes": ["seed.s"]}, "resource_type": "model"}
    manifest = {"nodes": {"seed.s": seed, "model.a": model}}

    first = dbt_changes.recipe(manifest, {"model.a": "select 1"}, "model.a", "")
    seed["checksum"] = {"checksum": "2"}

    assert dbt_changes.recipe(manifest, {"model.a": "select 1"}, "model.a", "") != first
