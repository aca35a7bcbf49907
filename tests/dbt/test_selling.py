"""How a small company sells, loses and works agrees with a second count in Python."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import drivers_counted_again as drivers
import duckdb
import programme_counted_again as use
import pytest
import selling_company as company
import selling_counted_again as again
import selling_stays as stays
from selling_company import AS_OF, Record

from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline

COSTS = {date(2026, 2, 1): Decimal(900), date(2026, 4, 1): Decimal("300.50")}


@pytest.fixture(scope="module")
def warehouse(
    build_warehouse: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    built = build_warehouse(
        company.rows(),
        company.customers(),
        [f"c_a{n}" for n in range(company.ACCOUNTS)],
        settings={"as_of": AS_OF.date().isoformat()},
        selection=[
            "--select",
            *(f"+path:dbt_project/models/marts/sales/{name}" for name in
              ("drivers", "goals", "work", "sales_funnel.sql", "fct_lead_stage_history.sql")),
        ],
    )  # fmt: skip
    path = tmp_path_factory.mktemp("with_costs") / "warehouse.duckdb"
    shutil.copy(built, path)
    with duckdb.connect(str(path)) as con:
        con.executemany(
            "insert into staging.programme_costs values ('CRM', 'licences', ?, ?, 'EUR')",
            [list(item) for item in COSTS.items()],
        )
    build_models(path.parent, "--select", "int_programme_costs__monthly", "programme_roi")
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def rows_of(con: duckdb.DuckDBPyConnection, mart: str, *key: str) -> dict[Any, Record]:
    answer = con.execute(f"select * from marts.{mart}")
    names = [column[0] for column in answer.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    found = {tuple(row[name] for name in key): row for row in rows}
    assert len(found) == len(rows)
    return found


def assert_equal(found: dict[Any, Record], expected: dict[Any, Record]) -> None:
    """Counts, texts and amounts must be equal, floats to the rounding of their inputs."""
    assert set(found) == set(expected)
    for place, row in expected.items():
        for name, value in row.items():
            if isinstance(value, float):
                assert found[place][name] == pytest.approx(value, rel=1e-9, abs=2e-6), (place, name)
            else:
                assert found[place][name] == value, (place, name)


def test_a_lead_stays_in_a_stage_until_it_enters_the_next(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows_of(warehouse, "fct_lead_stage_history", "lead_id", "stage_index")
    assert_equal(
        found,
        {
            (f"t:{lead}", place): {
                "stage_name": stay["stage"],
                "entered_at": stay["entered_at"],
                "exited_at": stay["exited_at"],
                "is_lost_undated": stay["lost_undated"],
            }
            for lead, versions in stays.lead_versions().items()
            for place, stay in enumerate(stays.lead_stays(versions), start=1)
        },
    )
    assert {row["evidence"] for row in found.values()} == {"lead", "versions"}
    assert any(row["is_lost_undated"] for row in found.values())
    assert any(row["to_stage"] == "contacted" and row["is_closed"] for row in found.values())


def test_the_funnel_counts_what_became_of_everyone(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows_of(
        warehouse, "sales_funnel", "record_type", "owner_id", "stage_name", "period_start"
    )
    assert_equal(found, again.funnel())


def test_losses_are_counted_where_and_why_they_happened(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows_of(warehouse, "stage_rejections", "stage_name", "loss_reason", "owner_id")
    assert_equal(found, again.rejections())
    assert {row["stage_name"] for row in found.values()} == {"Discovery", "Offer"}


def test_plays_are_the_sequences_that_enough_closed_deals_went_through(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = {key[0]: row for key, row in rows_of(warehouse, "sales_plays", "sequence").items()}
    assert_equal(found, drivers.plays(longest=4, enough=10))
    assert {1, 2, 3} <= {row["step_count"] for row in found.values()}


def test_drivers_weigh_what_was_known_at_first(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows_of(warehouse, "conversion_drivers", "record_type", "feature", "feature_value")
    assert_equal(found, drivers.drivers())
    # every converted lead says Retail in the end, and every closed deal names a source
    assert found["lead", "industry", None]["converted_count"] > 0
    assert found["opportunity", "lead_source", None]["record_count"] > 0
    assert {row["known_late_count"] for row in found.values()} == {0}


def test_profiles_hold_every_customer_once(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows_of(warehouse, "dim_buyer_profiles", "profile_name")
    assert_equal({key[0]: row for key, row in found.items()}, drivers.profiles(enough=5))
    assert len(found) > 2


def test_work_and_open_deals_are_counted_week_by_week(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows_of(warehouse, "crm_adoption", "agent_id", "week_start_date")
    assert_equal(found, use.adoption())
    assert any(row["stale_count"] for row in found.values())


def test_bottlenecks_are_where_cases_wait_and_come_back(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows_of(warehouse, "process_bottlenecks", "process", "step", "department")
    assert_equal(found, again.bottlenecks())
    assert {key[0] for key, row in found.items() if row["rework_count"]} == {
        "lead", "opportunity", "ticket",
    }  # fmt: skip


def test_goals_are_measured_against_the_year_before(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows_of(warehouse, "goal_tracking", "goal_id", "period_start")
    assert_equal(found, use.goals())
    for row in found.values():
        if row["status"] == "met":
            assert row["actual"] >= row["target"]
        if row["status"] == "missed":
            assert row["is_complete"]
            assert row["actual"] < row["target"]
    assert {"met", "missed", "unknown"} <= {row["status"] for row in found.values()}


def test_a_programme_returns_the_margin_above_that_of_the_year_before(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = rows_of(warehouse, "programme_roi", "period_start")
    expected = use.programme(date(2026, 2, 1), lambda month: COSTS.get(month, Decimal(0)))
    assert_equal({key[0]: row for key, row in found.items()}, expected)
