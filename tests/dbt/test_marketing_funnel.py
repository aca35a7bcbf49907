"""The funnel of people counted again from staging, by month of entry and by cohort."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from statistics import median
from typing import Any

import duckdb
import pytest
from small_marketing_company import mart, orders_counted, owners, staged

pytestmark = pytest.mark.pipeline

STAGES = ("subscriber", "lead", "mql", "sql", "opportunity", "customer")


def month(moment: datetime) -> date:
    return moment.date().replace(day=1)


def people_again(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the people with the moment they reached each stage, None where they have not."""
    owner = owners(con)
    entries: dict[str, list[tuple[int, datetime]]] = {}
    campaigns: dict[str, str] = {}

    def enter(who: str | None, stage: int, when: datetime | None) -> None:
        if who is not None and when is not None:
            entries.setdefault(who, []).append((stage, when))

    deals = {one["opportunity_id"]: one for one in staged(con, "opportunities")}
    of_deal: dict[str, set[str]] = {key: set() for key in deals}
    for one in staged(con, "contacts"):
        enter(owner.get("contact:" + one["contact_id"]), 0, one["created_at"])
    for one in sorted(staged(con, "leads"), key=lambda lead: (lead["created_at"], lead["lead_id"])):
        who = owner["lead:" + one["lead_id"]]
        if one["campaign_id"]:
            campaigns.setdefault(who, one["campaign_id"])
        for stage, column in ((1, "created_at"), (2, "qualified_at"), (3, "converted_at")):
            enter(who, stage, one[column])
        if one["converted_opportunity_id"]:
            of_deal[one["converted_opportunity_id"]].add(who)
    for key, one in deals.items():
        contact = owner.get(f"contact:{one['primary_contact_id']}")
        for who in of_deal[key] | ({contact} if contact else set()):
            enter(who, 4, one["created_at"])
            enter(who, 5, one["closed_at"] if one["stage_name"] == "Closed Won" else None)
    for one in orders_counted(con):
        enter(one["customer_id"], 5, one["placed_at"])
    sources = dict(
        con.sql("select customer_id, original_source from marts.dim_customers").fetchall()
    )
    return [
        {
            "source": sources[who] or "unknown",
            "campaign": campaigns.get(who),
            "at": [
                min((when for stage, when in its if stage >= least), default=None)
                for least in range(len(STAGES))
            ],
        }
        for who, its in entries.items()
        if not who.startswith("c_org")
    ]


def days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 86400


def test_the_funnel_by_month_is_that_of_the_people(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    cells: dict[Any, list[tuple[datetime, datetime | None]]] = {}
    for one in people_again(marketing_warehouse):
        for place, stage in enumerate(STAGES):
            if (at := one["at"][place]) is not None:
                following = one["at"][place + 1] if stage != "customer" else None
                key = (month(at), one["source"], one["campaign"], stage)
                cells.setdefault(key, []).append((at, following))
    found = mart(
        marketing_warehouse,
        "marketing_funnel", "period_start", "source", "campaign_id", "lifecycle_stage",
    )  # fmt: skip
    assert found.keys() == cells.keys()
    for key, members in cells.items():
        went_on = [days(at, following) for at, following in members if following is not None]
        assert found[key]["entered_count"] == len(members)
        assert found[key]["converted_count"] == len(went_on)
        expected = pytest.approx(median(went_on)) if went_on else None
        assert found[key]["median_days_to_next"] == expected


def test_the_funnel_by_cohort_only_narrows_and_tells_how_fast(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    people = people_again(marketing_warehouse)
    found = mart(
        marketing_warehouse,
        "marketing_funnel_cohorts", "cohort_month", "source", "campaign_id", "lifecycle_stage",
    )  # fmt: skip
    cohorts: dict[Any, list[list[datetime | None]]] = {}
    for one in people:
        key = (month(one["at"][0]), one["source"], one["campaign"])
        cohorts.setdefault(key, []).append(one["at"])
    assert found.keys() == {(*key, stage) for key in cohorts for stage in STAGES}
    for key, members in cohorts.items():
        before = len(members)
        for place, stage in enumerate(STAGES):
            reached = [at for at in members if at[place] is not None]
            row = found[*key, stage]
            assert (row["cohort_count"], row["reached_count"]) == (len(members), len(reached))
            assert row["reached_count"] <= before
            assert row["step_rate"] == (len(reached) / before if before and place else None)
            if place and reached:
                steps = [days(at[place - 1], at[place]) for at in reached]  # type: ignore[arg-type]
                assert row["median_days_from_previous"] == pytest.approx(median(steps))
            before = len(reached)
    # every stage has somebody, and somebody is lost between the first and the last
    total = Counter()
    for row in found.values():
        total[row["lifecycle_stage"]] += row["reached_count"]
    assert total["subscriber"] == len(people) > total["customer"] > 0
