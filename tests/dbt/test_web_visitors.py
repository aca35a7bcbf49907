"""Visitors who identify themselves, late or on a browser that two people use: planted cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

LOGIN = datetime.fromisoformat("2026-03-01 12:00:00")
ANNA, OTTO = "user_id:shop:1", "user_id:shop:2"
CUSTOMERS = {
    "c_anna": [ANNA, "email:anna@x.de", "anonymous_id:w:late", "anonymous_id:w:decided"],
    "c_otto": [OTTO],
}

# name of the visit: browser, days from LOGIN, who logs in, who leaves an address
VISITS: dict[str, tuple[str, float, str | None, str | None]] = {
    # a visitor becomes known: earlier visits are theirs, but not those of years ago
    "before": ("late", -200, None, None),
    "too long before": ("late", -366, None, None),
    "becomes known": ("late", 0, ANNA, None),
    "after": ("late", 50, None, None),
    # an address is as good as a login
    "before the address": ("form", -3, None, None),
    "leaves an address": ("form", 0, None, "anna@x.de"),
    # a browser at home that two people use: the nearest login counts
    "anna's first": ("shared", 0, ANNA, None),
    "soon after anna": ("shared", 3, None, None),
    "halfway": ("shared", 5, None, None),
    "soon before otto": ("shared", 8, None, None),
    "otto": ("shared", 10, OTTO, None),
    "soon after otto": ("shared", 11, None, None),
    "anna again": ("shared", 20, ANNA, None),
    "long after": ("shared", 90, None, None),
    "long before": ("shared", -360, None, None),
    # a source says whose browser it is, with the type of the value before it or without
    "told": ("told", 2, None, None),
    "told in full": ("told-in-full", 2, None, None),
    # nobody ever, and a browser that somebody decided to be Anna's
    "nobody": ("unknown", 0, None, None),
    "decided": ("decided", 0, None, None),
}
EXPECTED: dict[str, tuple[str | None, str | None]] = {
    "before": ("c_anna", "browser"),
    "too long before": (None, None),
    "becomes known": ("c_anna", "login"),
    "after": ("c_anna", "browser"),
    "before the address": ("c_anna", "browser"),
    "leaves an address": ("c_anna", "email"),
    "anna's first": ("c_anna", "login"),
    "soon after anna": ("c_anna", "browser"),
    "halfway": (None, None),
    "soon before otto": ("c_otto", "browser"),
    "otto": ("c_otto", "login"),
    "soon after otto": ("c_otto", "browser"),
    "anna again": ("c_anna", "login"),
    "long after": ("c_anna", "browser"),
    "long before": ("c_anna", "browser"),
    "told": ("c_anna", "browser"),
    "told in full": ("c_anna", "browser"),
    "nobody": (None, None),
    "decided": ("c_anna", "identity_map"),
}


def web_event(
    name: str, browser: str, days: float, login: str | None, email: str | None
) -> dict[str, Any]:
    moment = LOGIN + timedelta(days=days)
    return {
        "event_id": name, "event_type": "page", "anonymous_id": f"anonymous_id:w:{browser}",
        "user_id": login, "email": email, "path": f"/{name}", "event_at": moment,
        "recorded_at": moment,
    }  # fmt: skip


@pytest.fixture(scope="module")
def visits(build_warehouse: Callable[..., Path]) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return who made each visit, by mart."""
    events = [web_event(name, *visit) for name, visit in VISITS.items()]
    told = [
        {"person_ref": ANNA, "id_type": "anonymous_id", "id_value": value, "first_seen_at": LOGIN}
        for value in ("w:told", "anonymous_id:w:told-in-full")
    ]
    path = build_warehouse(
        {"web_event": events, "identifier": told}, CUSTOMERS,
        selection=["--select", "+fct_interactions", "+fct_web_events"],
    )  # fmt: skip
    with duckdb.connect(str(path), read_only=True) as con:
        return {
            "sessions": {
                page.removeprefix("/"): (customer, by)
                for page, customer, by in con.execute(
                    "select landing_page, customer_id, recognised_by from marts.fct_web_sessions"
                ).fetchall()
            },
            "interactions": {
                page.removeprefix("/"): (customer,)
                for page, customer in con.execute(
                    "select s.landing_page, i.customer_id from marts.fct_interactions as i "
                    "inner join marts.fct_web_sessions as s on i.interaction_id = s.session_id"
                ).fetchall()
            },
            "events": {
                page.removeprefix("/"): (customer,)
                for page, customer in con.execute(
                    "select path, customer_id from marts.fct_web_events"
                ).fetchall()
            },
        }


@pytest.mark.parametrize("name", VISITS)
def test_a_visit_is_that_of_the_person_identified_nearest_in_time(
    visits: dict[str, dict[str, tuple[Any, ...]]], name: str
) -> None:
    assert visits["sessions"][name] == EXPECTED[name]
    assert visits["interactions"][name] == EXPECTED[name][:1]
    assert visits["events"][name] == EXPECTED[name][:1]


def test_no_visit_is_lost_or_counted_twice(
    visits: dict[str, dict[str, tuple[Any, ...]]],
) -> None:
    assert all(set(found) == set(VISITS) for found in visits.values())
