"""Opens and clicks of machines count nowhere, obsolete events once, and refusals stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

START = datetime.fromisoformat("2026-05-04 09:00:00")


def event(minute: int, person: str, event_type: str, **more: Any) -> dict[str, Any]:
    return {
        "email_event_id": f"{event_type}{minute}", "email_id": f"m-{person}",
        "campaign_ref": "t:spring", "recipient_ref": f"email:{person}@firm.example",
        "event_type": event_type, "event_at": START + timedelta(minutes=minute), **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def built(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    rows = {
        "campaign": [{"campaign_id": "spring", "name": "Spring"}],
        "email_event": [
            event(0, "machine", "sent"),
            event(1, "machine", "open", is_filtered=True),
            event(2, "machine", "click", is_filtered=True),
            event(10, "human", "sent"),
            event(11, "human", "open", is_filtered=False),
            event(12, "human", "click"),
            # its sender noted it, and a day later better
            event(20, "twice", "sent"),
            event(21, "twice", "open", obsoleted_by_ref="t:open1461"),
            event(21 + 24 * 60, "twice", "open"),
            event(22, "twice", "click", obsoleted_by_ref="t:never came"),
            event(23, "twice", "open", obsoleted_by_ref="t:open23"),
            event(30, "refuser", "spam_report", obsoleted_by_ref="t:sent31"),
            event(31, "refuser", "sent"),
            event(32, "refuser", "unsubscribe", obsoleted_by_ref="t:unsubscribe33"),
            event(33, "refuser", "unsubscribe"),
        ],
    }
    customers = {
        one: [f"email:{one}@firm.example"] for one in ("machine", "human", "twice", "refuser")
    }
    path = build_warehouse(
        rows,
        customers,
        selection=[
            "--select", "+campaign_performance", "+fct_campaign_touches", "+engagement_daily",
            "+email_performance", "+channel_preference", "+churn_features",
        ],
    )  # fmt: skip
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def rows_of(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return con.sql(query).fetchall()


def test_campaigns_count_what_people_did_and_once(built: duckdb.DuckDBPyConnection) -> None:
    assert rows_of(
        built,
        "select sum(sent_count), sum(open_count), sum(click_count), sum(unsubscribe_count) "
        "from marts.campaign_performance",
    ) == [(4, 3, 2, 1)]
    assert rows_of(
        built,
        "select customer_id, touch_type, count(*) from marts.fct_campaign_touches "
        "group by all order by all",
    ) == [("human", "click", 1), ("human", "open", 1), ("twice", "click", 1), ("twice", "open", 2)]


def test_no_machine_is_engaged(built: duckdb.DuckDBPyConnection) -> None:
    engaged = rows_of(
        built,
        "select customer_id, sum(campaign_sent_count), sum(open_count), sum(click_count) "
        "from marts.engagement_daily group by all order by all",
    )
    assert engaged == [
        ("human", 1, 1, 1), ("machine", 1, 0, 0), ("refuser", 1, 0, 0), ("twice", 1, 2, 1),
    ]  # fmt: skip
    assert rows_of(
        built, "select identifier from intermediate.int_identifiers__verified order by all"
    ) == [("email:human@firm.example",), ("email:twice@firm.example",)]


def test_an_obsolete_event_is_known_until_the_other_is(built: duckdb.DuckDBPyConnection) -> None:
    known = rows_of(
        built,
        "select customer_id, activity, occurred_at, known_to "
        "from intermediate.int_email_events__known order by all",
    )

    def minute(at: datetime | None) -> int | None:
        return None if at is None else (at - START) // timedelta(minutes=1)

    minutes = {(who, what, minute(at)): minute(to) for who, what, at, to in known}
    assert minutes == {
        ("human", "email_open", 11): None,
        ("human", "email_click", 12): None,
        ("twice", "email_open", 21): 21 + 24 * 60,
        ("twice", "email_click", 22): None,
        ("twice", "email_open", 23): None,
        ("twice", "email_open", 21 + 24 * 60): None,
    }


def test_a_refusal_stays_whatever_replaces_it(built: duckdb.DuckDBPyConnection) -> None:
    refused = rows_of(
        built,
        "select distinct decision_id from intermediate.int_consents__unioned "
        "where customer_id = 'refuser' order by all",
    )

    assert refused == [("t:spam_report30",), ("t:unsubscribe33",)]
