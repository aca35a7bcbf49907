"""A refund that is a document of its own takes money back, and is no order in any count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import Build

pytestmark = pytest.mark.pipeline

at = datetime.fromisoformat

CUSTOMERS = {"c_eva": ["email:eva@x.com"], "c_kim": ["email:kim@x.com"]}


def order(order_id: str, who: str, placed_at: str, revenue: int, **more: Any) -> dict[str, Any]:
    return {
        "order_id": order_id, "customer_ref": f"email:{who}@x.com", "placed_at": at(placed_at),
        "revenue": Decimal(revenue), "total": Decimal(revenue), "currency": "EUR",
        "status": "completed", **more,
    }  # fmt: skip


def refund(order_id: str, message: str, total: int, **more: Any) -> dict[str, Any]:
    return order(f"{order_id}|refund|{message}", "zoe", "2026-04-09 10:00", -total) | {
        "revenue": None, "status": "refunded", "refunded_amount": Decimal(total), **more,
    }  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    taken_back = {"status": "refunded", "refunded_amount": Decimal(40)}
    return {
        "order": [
            order("o1", "eva", "2026-03-01 10:00", 100),
            order("o1|refund|m1", "eva", "2026-04-09 10:00", -40, **taken_back),
            order("o2", "eva", "2026-03-05 10:00", 50),
            # with tax and shipping; given back in part, whole, by parts, and in another currency
            order("o3", "zoe", "2026-03-05 10:00", 100, total=Decimal(125)),
            refund("o3", "half", 50),
            order("o4", "zoe", "2026-03-05 10:00", 30, total=Decimal(37)),
            refund("o4", "whole", 37),
            refund("o4", "parts", 37, tax=Decimal(-5)),
            refund("o4", "dollars", 37, currency="USD"),
            refund("o5", "unknown", 10),
            # of an order before the first one that is known, and of one that is not known at all
            order("g1", "eva", "2026-02-01 10:00", -5),
            order("g2", "kim", "2026-03-02 10:00", -7),
        ],
    }


@pytest.fixture(scope="module")
def con(build_warehouse: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    selection = ("--select", "+customer_360", "+retention_cohorts", "+customer_timeline",
                 "+int_order_moments", "+next_best_offer", "+audience_demographics",
                 "+int_people__stages_reached", "+int_conversions__unioned")  # fmt: skip
    path = build_warehouse(rows(), CUSTOMERS, selection=selection)
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_a_refund_names_the_order_where_the_source_says_which(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = con.execute(
        "select order_id, refunded_order_id from marts.fct_orders "
        "where is_refund and customer_id is not null order by 1"
    ).fetchall()
    assert found == [("t:g1", None), ("t:g2", None), ("t:o1|refund|m1", "t:o1")]


def test_of_a_refund_that_states_its_total_alone_the_order_tells_what_was_revenue(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = con.execute(
        "select split_part(order_id, '|', 3), total, revenue from marts.fct_orders "
        "where order_id like '%|refund|%' and order_id not like 't:o1%' order by 1"
    ).fetchall()
    assert found == [
        ("dollars", Decimal(-37), Decimal(-37)),
        ("half", Decimal(-50), Decimal(-40)),
        ("parts", Decimal(-37), Decimal(-32)),
        ("unknown", Decimal(-10), Decimal(-10)),
        ("whole", Decimal(-37), Decimal(-30)),
    ]


def test_a_card_counts_orders_and_adds_up_money(con: duckdb.DuckDBPyConnection) -> None:
    cards = con.execute(
        "select customer_id, order_count, returned_order_count, revenue_base, first_order_at, "
        "last_order_at, lifecycle_stage from marts.customer_360 order by 1"
    ).fetchall()
    assert cards == [
        ("c_eva", 2, 1, Decimal(105), at("2026-03-01 10:00"), at("2026-03-05 10:00"), "customer"),
        ("c_kim", 0, 0, Decimal(-7), None, None, None),
    ]


def test_who_only_got_money_back_did_not_come_back(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select months_since, customer_count, retained_customer_count, order_count, revenue_base "
        "from marts.retention_cohorts where order_count > 0 or revenue_base <> 0 order by 1"
    ).fetchall()
    # the refund of February counts in March, where the customers begin
    assert found == [(0, 1, 1, 2, Decimal(145)), (1, 1, 0, 0, Decimal(-40))]


def test_refunds_are_told_as_such_and_convert_nobody(con: duckdb.DuckDBPyConnection) -> None:
    told = con.execute(
        "select title, count(*) from marts.customer_timeline group by 1 order by 1"
    ).fetchall()
    assert told == [("Order", 2), ("Refund", 3)]
    for table in ("int_order_moments", "int_conversions__unioned"):
        found = con.execute(
            f"select order_id from intermediate.{table} "
            "where order_id not in ('t:o3', 't:o4') order by 1"
        ).fetchall()
        assert found == [("t:o1",), ("t:o2",)], table
    reached = con.execute(
        "select customer_id, customer_at from intermediate.int_people__stages_reached"
    ).fetchall()
    assert reached == [("c_eva", at("2026-03-01 10:00"))]


def test_where_nothing_is_known_of_doing_nothing_its_gain_is_unknown(
    build_warehouse: Build,
) -> None:
    young = {"order": [order("o1", "eva", "2026-06-20 10:00", 100)]}
    path = build_warehouse(young, CUSTOMERS, selection=("--select", "+next_best_offer"))
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select offer_id, method, p_accept, gain_over_nothing_base from crm.next_best_offer"
        ).fetchall()
    assert found == [("do_nothing", "no_data", None, None)]
