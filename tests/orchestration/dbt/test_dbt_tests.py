from __future__ import annotations

import duckdb
import pytest

from orchestration.dbt.tests import run_test

CONFIG = {
    "fail_calc": "count(*)",
    "limit": None,
    "severity": "ERROR",
    "warn_if": "!= 0",
    "error_if": "!= 0",
}


def manifest(**config: object) -> dict:
    test = {
        "name": "unique_orders_order_id",
        "config": {**CONFIG, **config},
        "attached_node": "model.orders",
        "depends_on": {"nodes": ["model.orders"]},
    }
    orders = {"schema": "marts", "name": "orders", "alias": "orders"}
    return {"nodes": {"test.a": test, "model.orders": orders}, "sources": {}}


@pytest.mark.parametrize(
    ("rows", "config", "passed", "severity", "blocking"),
    [
        (0, {}, True, "error", True),
        (3, {}, False, "error", True),
        (3, {"severity": "warn"}, False, "warn", False),
        (0, {"severity": "warn"}, True, "warn", False),
        (3, {"error_if": "> 10"}, False, "warn", False),
        (11, {"error_if": "> 10"}, False, "error", True),
        (3, {"error_if": "> 10", "warn_if": "> 5"}, True, "error", True),
        (3, {"fail_calc": "coalesce(sum(n), 0)", "error_if": "> 5", "warn_if": "> 5"}, True,
         "error", True),
        (4, {"fail_calc": "coalesce(sum(n), 0)", "error_if": "> 5", "warn_if": "> 5"}, False,
         "error", True),
    ],
)  # fmt: skip
def test_severity_and_conditions_mean_what_they_mean_to_dbt(
    con: duckdb.DuckDBPyConnection,
    rows: int,
    config: dict,
    passed: bool,
    severity: str,
    blocking: bool,
):
    sql = f"select i as n from range({rows}) as t(i) -- a comment at the end"

    result = run_test(con, manifest(**config), "test.a", sql)

    assert (result.passed, result.severity, result.blocking) == (passed, severity, blocking)
    assert (result.check_name, result.asset) == ("unique_orders_order_id", "marts/orders")


def test_failing_rows_are_counted_up_to_the_limit(con: duckdb.DuckDBPyConnection):
    sql = "select 1 from range(1000)"

    assert run_test(con, manifest(), "test.a", sql).rows_failed == 1000
    assert run_test(con, manifest(limit=10), "test.a", sql).rows_failed == 10


def test_a_test_that_cannot_be_evaluated_fails_and_quotes_no_value(
    con: duckdb.DuckDBPyConnection,
):
    sql = "select ('jane@example.org' || i)::integer as n from range(3) as t(i)"

    result = run_test(con, manifest(fail_calc="sum(n)"), "test.a", sql)

    assert not result.passed
    assert result.blocking
    assert "jane" not in result.message
    assert "ConversionException" in result.message
