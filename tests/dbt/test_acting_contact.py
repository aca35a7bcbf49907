"""How often we turn to whom, and when everybody waits, beside a count by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from acting_company import AS_OF, at, campaign_emails, interactions, mail

pytestmark = pytest.mark.pipeline

MAX_PERSONAL, MAX_CAMPAIGN, MAX_AGENTS = 6, 4, 2


def touches_again() -> dict[str, list[tuple[date, str, str | None]]]:
    """Return (day, kind, agent) of every touch by customer, from the raw rows."""
    found: dict[str, list[tuple[date, str, str | None]]] = {}
    for one in interactions():
        if (
            one["direction"] == "outbound"
            and one["interaction_type"] == "message"
            and not one.get("is_bot")
            and one["started_at"] <= AS_OF
            and "nobody" not in one["customer_ref"]
        ):
            name = one["customer_ref"].removeprefix("email:").removesuffix("@x.com")
            kind = "campaign" if one.get("is_automated") else "personal"
            touch = (one["started_at"].date(), kind, one["agent_ref"])
            found.setdefault(f"c_{name}", []).append(touch)
    for email_id in {event["email_id"] for event in campaign_emails()}:
        first = min(e["event_at"] for e in campaign_emails() if e["email_id"] == email_id)
        found.setdefault("c_dan", []).append((first.date(), "campaign", None))
    return found


def test_pressure_counts_every_touch_of_the_seven_days(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    again = {}
    for customer, touches in touches_again().items():
        for day in {day for day, _, _ in touches}:
            week = [one for one in touches if day - timedelta(days=6) <= one[0] <= day]
            personal = [one for one in week if one[1] == "personal"]
            again[customer, day] = (
                len([one for one in touches if one[0] == day]),
                len(personal),
                len(week) - len(personal),
                len({agent for _, _, agent in personal}),
                len({agent for _, _, agent in personal}) > MAX_AGENTS,
                len(personal) >= MAX_PERSONAL,
                len(week) - len(personal) >= MAX_CAMPAIGN,
            )
    found = {
        (customer, day): tuple(rest)
        for customer, day, *rest in acting_warehouse.execute(
            "select customer_id, contact_date, touches, personal_touches_7d, campaign_touches_7d, "
            "distinct_agents_7d, is_collision, is_personal_limit_reached, "
            "is_campaign_limit_reached from marts.contact_pressure"
        ).fetchall()
    }
    assert found == again
    assert found["c_dan", date(2026, 6, 29)][:3] == (2, 0, 5)


def test_a_lock_names_its_reason_and_ends_by_itself(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    locks = acting_warehouse.execute(
        "select customer_id, is_collision, is_personal_limit_reached, is_campaign_limit_reached, "
        "last_agent_id, cool_off_until from crm.contact_lock order by 1"
    ).fetchall()
    assert locks == [
        # three colleagues within a week, the last of them two days ago
        ("c_ada", True, False, False, "t:g1", AS_OF + timedelta(days=1)),
        ("c_bob", False, True, False, "t:g1", AS_OF + timedelta(days=3, hours=-20)),
        ("c_dan", False, False, True, None, AS_OF + timedelta(days=6, minutes=-1)),
    ]


def test_the_best_hour_is_on_the_clocks_of_the_customer(
    build_warehouse: Callable[..., Path],
) -> None:
    """Of whom no known time zone is told, on the company's; one that is unknown fails no run."""
    zones = {"ada": None, "bob": "America/New_York", "cid": "Nowhere/Else"}
    built = build_warehouse(
        {
            "contact": [
                {"contact_id": name, "email": f"{name}@x.com", "time_zone": zone}
                for name, zone in zones.items()
            ],
            "interaction": [
                mail(10 * i + day, name, None, at(6, day, 12), direction="inbound")
                for i, name in enumerate(zones)
                for day in (1, 2, 3)
            ],
        },
        {f"c_{name}": [f"email:{name}@x.com", f"contact:t:{name}"] for name in zones},
        settings={"as_of": AS_OF.date().isoformat()},
        selection=["--select", "+int_contact_hours__counted"],
    )
    with duckdb.connect(str(built), read_only=True) as con:
        found = con.execute(
            "select customer_id, best_hour from intermediate.int_contact_hours__counted"
        ).fetchall()
    # noon in UTC, in June
    assert dict(found) == {"c_ada": 14, "c_bob": 8, "c_cid": 14}
