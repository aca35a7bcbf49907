"""Sessions from web events: channel, attention, goals, number, and events that come late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pytest
from channel_cases import CASES
from small_web_company import START

pytestmark = pytest.mark.pipeline


def test_every_visit_is_of_the_channel_that_its_traces_tell(
    web_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = dict(
        web_warehouse.sql(
            "select summed.visitor_key, channel_group from marts.fct_web_sessions "
            "inner join intermediate.int_web_sessions__summed as summed using (session_id) "
            "where visitor_key like '%case%'"
        ).fetchall()
    )
    wrong = {
        case: found[f"anonymous_id:w:case{number}"]
        for number, case in enumerate(CASES)
        if found[f"anonymous_id:w:case{number}"] != case[-1]
    }
    assert wrong == {}
    assert len(found) == len(CASES)


def session(con: duckdb.DuckDBPyConnection, visitor: str, columns: str) -> list[tuple[Any, ...]]:
    return con.execute(
        f"select {columns} from marts.fct_web_sessions "
        "where visitor_id = md5(?) order by started_at",
        [f"anonymous_id:w:{visitor}"],
    ).fetchall()


def test_pages_that_say_they_are_looked_at_are_believed(
    web_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    # pings at 10, 20, 21 and 50 seconds are three spans of ten seconds
    assert session(
        web_warehouse, "reader", "heartbeat_count, engaged_s, is_engaged, event_count"
    ) == [(3, 25.0, True, 5)]
    assert session(web_warehouse, "phone", "heartbeat_count, engaged_s, is_engaged") == [
        (0, 360.0, True),
        (0, 0.0, False),
    ]


def test_a_page_view_that_comes_a_week_late_opens_its_session_all_the_same(
    web_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert session(
        web_warehouse, "laptop", "landing_page, exit_page, page_views, late_event_count, started_at"
    ) == [("/landing", "/Contact/us", 2, 1, START - timedelta(minutes=60))]


def test_sessions_are_numbered_over_the_devices_of_a_customer(
    web_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert web_warehouse.sql(
        "select visitor_id = md5('anonymous_id:w:laptop'), session_number "
        "from marts.fct_web_sessions where customer_id = 'ada' "
        "and started_at between timestamp '2026-03-01' and timestamp '2026-03-02' "
        "order by started_at"
    ).fetchall() == [(True, 2), (False, 3), (False, 4)]


def test_goals_are_counted_by_name_and_by_page(web_warehouse: duckdb.DuckDBPyConnection) -> None:
    assert web_warehouse.sql(
        "select web_event_id, goal, customer_id, is_first_in_session from marts.fct_web_goals "
        "where customer_id = 'ada' order by reached_at"
    ).fetchall() == [
        ("t:l2", "contact_page_viewed", "ada", True),
        ("t:p2", "ordered", "ada", True),
        ("t:p3", "ordered", "ada", False),
    ]
    assert session(web_warehouse, "phone", "goal_count, distinct_goal_count") == [(2, 1), (0, 0)]


def test_a_machine_is_marked(web_warehouse: duckdb.DuckDBPyConnection) -> None:
    assert session(web_warehouse, "crawler", "is_bot") == [(True,)]


def test_what_a_server_sends_is_no_visit(web_warehouse: duckdb.DuckDBPyConnection) -> None:
    found = web_warehouse.sql(
        "select web_event_id, is_server_side, session_id is not null, customer_id "
        "from marts.fct_web_events where event_name in ('Order Refunded', 'Email Opened') "
        "order by all"
    ).fetchall()

    assert found == [
        ("t:a1", False, True, None),
        ("t:s1", True, False, "ada"),
        ("t:s2", True, False, None),
        ("t:s3", True, True, "ada"),
        ("t:s4", True, True, None),
        ("t:s5", True, False, None),
    ]
    # the visit of the phone neither lasts longer nor is followed by another
    assert session(web_warehouse, "phone", "event_count, engaged_s") == [(5, 360.0), (1, 0.0)]
    assert session(web_warehouse, "app", "event_count, engaged_s") == [(2, 0.0)]
    assert web_warehouse.sql(
        "select count(*) from marts.fct_web_sessions where session_id not in "
        "(select session_id from marts.fct_web_events where not is_server_side)"
    ).fetchall() == [(0,)]
