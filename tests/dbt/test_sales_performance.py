"""Sales performance over a small company agrees with a second count in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import small_sales_company as company
from cycles_counted_again import expected_cycles, survival
from products_counted_again import expected_product_months, expected_products
from sales_counted_again import expected_quota, expected_reps, expected_teams
from small_sales_company import AS_OF, IN_REMISSION, RELAPSED, Record

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(
        company.rows(),
        settings={"as_of": AS_OF.date().isoformat()},
        selection=["--select", "+path:dbt_project/models/marts/sales/performance"],
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def records(con: duckdb.DuckDBPyConnection, query: str) -> list[Record]:
    answer = con.execute(query)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def close(expected: Any) -> Any:
    """Let a ratio differ in its last bits; counts, texts and amounts must be equal."""
    return pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected


def assert_equal(rows: list[Record], key: list[str], expected: dict[Any, Record]) -> None:
    found = {tuple(row[name] for name in key): row for row in rows}
    assert set(found) == set(expected)
    assert len(found) == len(rows)
    for place, row in found.items():
        for name, value in expected[place].items():
            if name in row:
                assert row[name] == close(value), (place, name)


def test_a_rep_has_the_same_month_whoever_counts(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = records(warehouse, "select * from marts.rep_performance")
    assert_equal(rows, ["owner_id", "period_start"], expected_reps())
    assert {row["rank_in_team"] for row in rows if row["team"] is None} == {None}


def test_a_team_has_the_same_month_whoever_counts(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = records(warehouse, "select * from marts.team_performance")
    assert_equal(rows, ["team", "period_start"], expected_teams())
    assert {row["rank_of_teams"] for row in rows if row["team"] is None} == {None}


def test_a_quota_is_met_as_far_as_the_deals_say(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = records(warehouse, "select * from marts.quota_attainment")
    expected = {("t:" + quota["quota_id"],): expected_quota(quota) for quota in company.quotas()}
    assert_equal(rows, ["quota_id"], expected)
    assert sum(row["coverage"] is not None for row in rows) >= 3
    assert sum(row["coverage"] is None for row in rows) >= 3
    assert any(row["won_count"] and row["open_count"] for row in rows if row["product_family"])


def test_the_median_remission_is_the_published_one(warehouse: duckdb.DuckDBPyConnection) -> None:
    # Klein and Moeschberger, Survival Analysis, 2nd edition, table 4.1A
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    children = [(float(week), True) for week in RELAPSED["6-MP"]]
    children += [(float(week), False) for week in IN_REMISSION["6-MP"]]
    curve = survival(children)
    assert {time: round(float(left), 3) for time, left in curve.items()} == published

    assert records(
        warehouse,
        "select dimension_value, opportunity_count, won_count, open_count, "
        "kaplan_meier_median_days from marts.sales_cycle where dimension = 'pipeline' "
        "and dimension_value in ('6-MP', 'placebo') order by 1",
    ) == [
        {"dimension_value": "6-MP", "opportunity_count": 21, "won_count": 9, "open_count": 12,
         "kaplan_meier_median_days": 23.0},
        {"dimension_value": "placebo", "opportunity_count": 21, "won_count": 21, "open_count": 0,
         "kaplan_meier_median_days": 8.0},
    ]  # fmt: skip


def test_a_cycle_is_as_long_as_a_second_count_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = records(warehouse, "select * from marts.sales_cycle")
    assert_equal(rows, ["dimension", "dimension_value"], expected_cycles())
    assert {row["undated_count"] for row in rows if row["dimension"] == "company"} == {1}
    # who ignores the open ones believes in a faster company
    assert all(
        row["kaplan_meier_median_days"] > row["median_days_to_win"]
        for row in rows
        if row["dimension"] == "company"
    )


def test_a_product_has_the_figures_a_second_count_gives(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = records(warehouse, "select * from marts.product_performance")
    assert_equal(rows, ["product_id"], expected_products())
    assert {row["abc_class"] for row in rows} == {"A", "B", "C"}
    assert {row["xyz_class"] for row in rows} == {"X", "Y", "Z", None}


def test_a_product_has_the_same_month_whoever_counts(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = records(warehouse, "select * from marts.product_performance_monthly")
    assert_equal(rows, ["product_id", "period_start"], expected_product_months())
    assert any(row["growth_month"] is not None for row in rows)
