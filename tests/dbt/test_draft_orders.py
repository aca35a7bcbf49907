"""An order that is still a draft counts nowhere, and is one from the day it is placed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.dbt import prepared
from orchestration.dbt.tests import run_tests
from tests.dbt.conftest import Build

pytestmark = pytest.mark.pipeline

at = datetime.fromisoformat

RATE = Decimal("0.5")

CUSTOMERS = {"c_eva": ["email:eva@x.com"]}


def order(order_id: str, status: str | None, recorded_at: str, revenue: int) -> dict[str, Any]:
    return {
        "order_id": order_id, "customer_ref": "email:eva@x.com", "status": status,
        "placed_at": at("2026-03-01 10:00"), "recorded_at": at(recorded_at),
        "known_at": at(recorded_at), "revenue": Decimal(revenue), "total": Decimal(revenue),
        "currency": "EUR",
    }  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "order": [
            order("drawn up", "Draft", "2026-03-01 10:00", 100),
            order("placed later", "draft", "2026-03-01 10:00", 20),
            order("placed later", "placed", "2026-03-10 10:00", 30),
            order("taken back", "placed", "2026-03-01 10:00", 40),
            order("taken back", "draft", "2026-03-12 10:00", 40),
            order("says nothing", None, "2026-03-01 10:00", 7),
            {**order("in dollars", "draft", "2026-03-01 10:00", 12), "currency": "USD"},
            {**order("in yen", "draft", "2026-03-01 10:00", 900), "currency": "JPY"},
        ],
        "fx_rate": [
            {
                "rate_date": at("2026-03-01").date(), "from_currency": "USD",
                "to_currency": "EUR", "rate": RATE,
            }
        ],
        "order_line": [
            {
                "order_line_id": f"line of {name}", "order_ref": f"t:{name}", "quantity": 2,
                "unit_price": Decimal(5), "currency": "EUR", "placed_at": at("2026-03-01 10:00"),
            }
            for name in ("drawn up", "placed later", "unknown")
        ],
        "invoice": [
            {
                "invoice_id": f"bill of {name}", "order_ref": f"t:{name}", "amount": Decimal(100),
                "currency": "EUR", "issued_at": at("2026-03-02 10:00"), "status": "open",
            }
            for name in ("drawn up", "placed later")
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def con(build_warehouse: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    selection = ("--select", "+customer_360", "+customer_timeline", "+draft_orders",
                 "+fct_order_lines", "+int_conversions__unioned", "+int_orders__known",
                 "+int_orders__first_known", "+fct_invoices")  # fmt: skip
    path = build_warehouse(rows(), CUSTOMERS, selection=selection)
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_every_order_is_placed_or_a_draft(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "select order_id, status, revenue, line_count from marts.fct_orders order by order_id"
    ).fetchall() == [
        ("t:placed later", "placed", Decimal(30), 1),
        ("t:says nothing", None, Decimal(7), 0),
    ]
    assert con.sql(
        "select order_id, customer_id, currency, total, revenue, line_count, item_count, "
        "planned_at, known_at from marts.draft_orders where currency = 'EUR' order by order_id"
    ).fetchall() == [
        ("t:drawn up", "c_eva", "EUR", Decimal(100), Decimal(100), 1, 2.0,
         at("2026-03-01 10:00"), at("2026-03-01 10:00")),
        ("t:taken back", "c_eva", "EUR", Decimal(40), Decimal(40), 0, None,
         at("2026-03-01 10:00"), at("2026-03-12 10:00")),
    ]  # fmt: skip


def test_a_draft_is_worth_what_its_currency_is(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "select order_id, total, revenue, total_base, revenue_base from marts.draft_orders "
        "where currency <> 'EUR' or order_id = 't:drawn up' order by order_id"
    ).fetchall() == [
        ("t:drawn up", Decimal(100), Decimal(100), Decimal(100), Decimal(100)),
        ("t:in dollars", Decimal(12), Decimal(12), 12 * RATE, 12 * RATE),
        ("t:in yen", Decimal(900), Decimal(900), None, None),
    ]


def test_a_line_of_a_draft_sells_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "select order_line_id from marts.fct_order_lines order by order_line_id"
    ).fetchall() == [("t:line of placed later",), ("t:line of unknown",)]


def test_a_bill_for_a_draft_is_its_customers(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "select invoice_id, order_id, customer_id from marts.fct_invoices order by invoice_id"
    ).fetchall() == [
        ("t:bill of drawn up", "t:drawn up", "c_eva"),
        ("t:bill of placed later", "t:placed later", "c_eva"),
    ]


def test_a_draft_is_in_no_figure_of_a_customer(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql("select order_count, revenue_base from marts.customer_360").fetchall() == [
        (2, Decimal(37))
    ]
    assert con.sql(
        "select count(*) from marts.customer_timeline where source_model = 'fct_orders'"
    ).fetchall() == [(2,)]
    assert con.sql("select count(*) from intermediate.int_conversions__unioned").fetchall() == [
        (2,)
    ]


def test_an_order_is_known_from_the_day_it_is_no_draft(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "select known_from, known_to from intermediate.int_orders__known "
        "where activity = 'order' order by known_from, known_to"
    ).fetchall() == [
        (at("2026-03-01 10:00"), at("2026-03-12 10:00")),
        (at("2026-03-01 10:00"), None),
        (at("2026-03-10 10:00"), None),
    ]
    assert con.sql(
        "select order_id, known_from from intermediate.int_orders__first_known order by order_id"
    ).fetchall() == [
        ("t:placed later", at("2026-03-10 10:00")),
        ("t:says nothing", at("2026-03-01 10:00")),
    ]


def test_the_data_tests_of_orders_count_drafts_apart(con: duckdb.DuckDBPyConnection) -> None:
    manifest, sql = prepared.project().manifest, prepared.project().sql
    counting = ("equal_rowcount_fct_orders", "equal_rowcount_draft_orders",
                "assert_order_lines_are_all_sold_or_of_a_draft")  # fmt: skip
    chosen = [
        one for one in sql if one.startswith("test.") and one.split(".")[2].startswith(counting)
    ]

    results = run_tests(con, manifest, sql, chosen)

    assert len(results) == 3
    assert [name for name, result in results.items() if not result.passed] == []
