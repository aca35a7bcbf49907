"""Dimensions and facts over a small company written out here; one build for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from small_company import CUSTOMERS, TYPED_IN, at, rows

pytestmark = pytest.mark.pipeline

CORE = (
    "--exclude", "path:dbt_project/models/features+", "path:dbt_project/models/marts/customer+",
    "path:dbt_project/models/intermediate/features+",
)  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(rows(), CUSTOMERS, organizations=["c_org"], selection=CORE)
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def table(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def test_an_order_that_states_no_amounts_gets_them_from_its_lines(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select customer_id, subtotal, discount, revenue, total, revenue_base, line_count, "
        "item_count, is_cancelled from marts.fct_orders where order_id = 't:1'",
    ) == [
        ("c_ada", Decimal("34.5"), Decimal("2"), Decimal("32.5"), Decimal("37.5"),
         Decimal("29.25"), 2, 4.0, False)
    ]  # fmt: skip


def test_an_order_of_a_company_belongs_to_the_company_and_one_of_nobody_to_nobody(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select order_id, customer_id, is_cancelled, is_returned, total_base "
        "from marts.fct_orders where order_id <> 't:1' order by 1",
    ) == [
        ("t:2", "c_org", True, False, None),
        ("t:3", None, False, True, Decimal("7.1234")),
    ]


def test_an_amount_whose_day_has_no_rate_is_listed(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert table(
        warehouse,
        "select table_name, record_id, amount, currency, reason_code, amount_date "
        "from meta.amounts_without_rate",
    ) == [("fct_orders", "t:2", Decimal("10"), "USD", "no_rate", date(2026, 3, 20))]


def test_a_line_takes_customer_currency_and_cost_from_order_and_product(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select customer_id, currency, revenue, revenue_base, cogs from marts.fct_order_lines "
        "where order_line_id = 't:1-1'",
    ) == [("c_ada", "USD", Decimal("28"), Decimal("25.2"), Decimal("10.5"))]


def test_sessions_know_their_channel_campaign_and_customer(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select customer_id, channel_group, campaign_id, landing_page, exit_page, referrer, "
        "page_views, pricing_page_views, engaged_s, is_bot from marts.fct_web_sessions "
        "order by started_at, is_bot",
    ) == [
        ("c_ada", "paid_search", "t:spring", "/", "/pricing/team", "https://www.google.com/search",
         2, 1, 600.0, False),
        ("c_ada", "email", "t:spring", "/", "/", None, 1, 0, 0.0, False),
        ("c_ada", "direct", None, "https://n.example/about", "https://n.example/about", None, 1, 0,
         0.0, False),
        (None, "direct", None, "/", "/", None, 1, 0, 0.0, True),
    ]  # fmt: skip


def test_what_visitors_typed_in_is_published_nowhere(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    columns = table(
        warehouse,
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('marts', 'crm', 'meta') and data_type = 'VARCHAR'",
    )
    holding = [
        (name, column)
        for schema, name, column in columns
        for (count,) in table(
            warehouse,
            f'select count(*) from {schema}."{name}" '
            f"""where contains("{column}", 'typed:in') or contains("{column}", '{TYPED_IN}')""",
        )
        if count
    ]

    assert ("marts", "fct_web_sessions", "referrer") in columns
    assert ("marts", "fct_form_submissions", "path") in columns
    assert holding == []


def test_a_visit_whose_ad_click_is_a_touch_already_is_no_second_touch(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select customer_id, channel, touch_type, touched_at, cost_base "
        "from marts.fct_campaign_touches order by touched_at",
    ) == [
        ("c_ada", "paid_search", "click", at(3, 9), Decimal("0.9")),
        ("c_ada", "email", "visit", at(3, 12), None),
        ("c_bob", "email", "click", at(4), None),
    ]


def test_interactions_hold_every_channel_and_find_the_customer_on_either_side(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select channel, interaction_type, customer_id, count(*) from marts.fct_interactions "
        "group by all order by all",
    ) == [
        ("chat", "message", "c_bob", 1),
        ("email", "message", "c_bob", 3),
        ("phone", "call", "c_bob", 1),
        ("web", "web_session", "c_ada", 3),
        ("web", "web_session", None, 1),
    ]


def test_a_colleague_is_one_whatever_a_system_calls_them(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(warehouse, "select agent_id, name, account_count from marts.dim_agents") == [
        ("t:g1", "Gil", 2)
    ]
    assert table(
        warehouse,
        "select interaction_id, agent_id from marts.fct_interactions "
        "where channel <> 'web' order by 1",
    ) == [("t:m1", None), ("t:m2", "t:g1"), ("t:m3", "t:g1"), ("t:m4", "t:g1"), ("t:m5", "t:g1")]


def test_the_golden_record_believes_the_newest_record_column_by_column(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select email, first_name, last_name, title, account_id, organization_customer_id, "
        "lifecycle_stage, original_source, latest_source from marts.dim_customers "
        "where customer_id = 'c_ada'",
    ) == [
        ("ada@x.com", "Ada", "Byron", "CTO", "t:A", "c_org", "customer", "Web", "direct")
    ]  # fmt: skip
    assert table(
        warehouse,
        "select customer_type, name, email, phone, owner_id, lifecycle_stage "
        "from marts.dim_customers where customer_id <> 'c_ada' order by customer_id",
    ) == [
        ("person", None, "bob@y.com", "+4930123", None, None),
        ("organization", "Acme", None, None, "t:g1", "opportunity"),
    ]


def test_leads_and_contacts_say_what_status_and_title_mean(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse, "select lead_state, is_closed, is_converted, title_level from marts.dim_leads"
    ) == [("closed", True, False, "c_level")]
    assert table(warehouse, "select title_level, account_id from marts.dim_contacts") == [
        ("unknown", "t:A")
    ]


def test_ticket_times_come_from_events_else_from_the_conversation(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select ticket_id, customer_id, first_reply_calendar_minutes, "
        "first_resolution_calendar_minutes, full_resolution_calendar_minutes, reopened_count, "
        "reply_count from marts.fct_tickets order by 1",
    ) == [
        ("t:T1", "c_ada", 60.0, 120.0, 300.0, 1, 1),
        ("t:T2", "c_bob", 120.0, None, None, 0, 1),
    ]


def test_survey_scores_are_put_on_one_scale(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert table(
        warehouse,
        "select customer_id, agent_id, normalized_score, is_satisfied, nps_group "
        "from marts.fct_survey_responses order by survey_response_id",
    ) == [
        ("c_ada", "t:g1", 0.75, True, None),
        ("c_bob", None, 0.8, False, "passive"),
        ("c_bob", None, None, None, None),
    ]


def test_opportunities_know_stage_order_probability_and_value(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select customer_id, contact_customer_id, stage_order, probability, amount_base, "
        "is_closed, is_won, age_days from marts.fct_opportunities order by opportunity_id",
    ) == [
        ("c_org", "c_ada", 2, 0.4, Decimal("45"), False, False, 122),
        (None, None, 9, 1.0, Decimal("50"), True, True, 10),
    ]


def test_stage_history_measures_days_and_leaves_closing_stages_open(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse,
        "select opportunity_id, from_stage, stage_name, to_stage, days_in_stage, is_current, "
        "is_won from marts.fct_opportunity_stage_history order by opportunity_id, stage_index",
    ) == [
        ("t:o1", None, "New", "Pitch", 10.0, False, False),
        ("t:o1", "New", "Pitch", None, 112.0, True, False),
        ("t:o2", None, "Closed Won", None, None, True, True),
    ]


def test_the_calendar_covers_two_years_before_and_one_after(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert table(
        warehouse, "select min(date_day), max(date_day), count(*) from marts.dim_dates"
    ) == [(date(2024, 1, 1), date(2027, 12, 31), 1461)]


def test_marts_do_not_depend_on_the_order_of_arrival(
    warehouse: duckdb.DuckDBPyConnection, build_warehouse: Callable[..., Path]
) -> None:
    numbered = {
        entity: [{"position": i, **row} for i, row in enumerate(records, start=1)]
        for entity, records in rows().items()
    }
    late = {"batch_id": "b9", "ingested_at": at(30, month=12)}
    backwards = {
        entity: [{**late, **row} for row in reversed(records)]
        for entity, records in numbered.items()
    }
    other: Path = build_warehouse(backwards, CUSTOMERS, organizations=["c_org"], selection=CORE)
    marts = [
        name
        for (name,) in table(
            warehouse,
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1",
        )
    ]
    assert len(marts) > 15
    with duckdb.connect(str(other), read_only=True) as con:
        for name in marts:
            query = f'select * from marts."{name}" order by all'
            assert table(con, query) == table(warehouse, query), name
