"""Leads wait in the queue of a territory, and tickets have the hours that their policy names."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from demo.company.office_hours import OFFICE, ON_CALL, SCHEDULES, Schedule
from demo.company.service import POLICIES
from demo.company.territories import TERRITORIES
from demo.company.world import World
from demo.timeline import START

BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
TERRITORY_SEED = Path(__file__).parents[2] / "dbt_project" / "seeds" / "acting" / "territories.csv"


def day_of(local: datetime) -> float:
    return (local.astimezone(UTC).replace(tzinfo=None) - START) / timedelta(days=1)


def berlin(day: float) -> datetime:
    moment = START + timedelta(minutes=round(day * 1440))
    return moment.replace(tzinfo=UTC).astimezone(BERLIN).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("schedule", "since", "minutes", "due"),
    [
        (OFFICE, "2024-07-05 17:30", 60, "2024-07-08 08:30"),  # over the weekend
        (ON_CALL, "2024-07-05 17:30", 60, "2024-07-05 18:30"),
        (OFFICE, "2024-10-02 17:00", 120, "2024-10-04 09:00"),  # over a holiday
        (ON_CALL, "2024-10-03 10:00", 60, "2024-10-03 11:00"),  # which does not count on call
        (ON_CALL, "2024-12-24 21:30", 60, "2024-12-26 07:30"),  # the one that does
        (ON_CALL, "2025-03-29 21:30", 60, "2025-03-30 07:30"),  # the clocks change at night
        (OFFICE, "2025-06-28 13:30", 60, "2025-06-30 09:00"),  # no Saturdays yet
        (OFFICE, "2025-07-05 13:30", 60, "2025-07-07 09:30"),  # Saturdays, and later hours
    ],
)
def test_work_ends_when_the_calendar_says(
    schedule: Schedule, since: str, minutes: float, due: str
) -> None:
    begun = day_of(datetime.fromisoformat(since).replace(tzinfo=BERLIN))

    assert berlin(schedule.after(np.array([begun]), minutes)[0]) == datetime.fromisoformat(due)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.schedule_id)
def test_minutes_of_work_are_what_counting_each_minute_gives(schedule: Schedule) -> None:
    rng = np.random.default_rng(5)
    for begin in rng.integers(0, 700 * 1440, 12):
        end = begin + rng.integers(1, 4 * 1440)
        counted = 0
        for minute in range(begin, end):
            local = berlin(minute / 1440)
            weeks = [
                week
                for first, last, week in schedule.periods
                if (first or local.date()) <= local.date() <= (last or local.date())
            ]
            is_open = any(
                day == local.weekday() and opens <= local.hour < closes
                for week in weeks
                for day, opens, closes in week
            )
            counted += is_open and local.date().isoformat() not in schedule.holidays

        worked = schedule.minutes_until(np.array([begin, end]) / 1440)

        assert worked[1] - worked[0] == pytest.approx(counted, abs=1e-6)


def events(home: Path, *kinds: str) -> dict[str, dict[str, str]]:
    """Return the values of events of each ticket by kind."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((home / "landing" / "helpdesk").glob("*/ticket_events.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["event_type"] in kinds and event["ticket_id"]:
                found.setdefault(event["ticket_id"], {})[event["event_type"]] = event["value"]
    return found


def test_tickets_show_the_policy_and_the_schedule_of_their_priority(home: Path) -> None:
    truth = pl.read_parquet(home / "truth" / "ticket_targets.parquet")
    shown = events(home, "schedule", "sla_applied", "sla_breached")

    assert set(truth["sla_policy_id"]) == set(POLICIES)
    damaged = 0
    for ticket in truth.iter_rows(named=True):
        seen = shown[ticket["ticket_id"].removeprefix("helpdesk:")]
        expected = {
            "schedule": ticket["schedule_key"].removeprefix("helpdesk:"),
            "sla_applied": ticket["sla_policy_id"],
        }
        if ticket["is_late"] is None:
            seen.pop("sla_breached", None)
        elif ticket["is_late"]:
            expected["sla_breached"] = ticket["sla_policy_id"]
        damaged += seen != expected
    assert damaged <= 0.02 * len(truth)
    assert 0.02 < truth["is_late"].mean() < 0.9


def test_a_reply_is_late_when_more_than_the_target_was_worked(world: World) -> None:
    tickets = world.tickets
    for policy, (schedule, targets) in POLICIES.items():
        for priority, minutes in targets.items():
            rows = tickets.filter(priority=priority)
            assert set(rows["sla_policy"]) == {policy}
            since, due = rows["day"].to_numpy(), rows["reply_due"].to_numpy()
            worked = schedule.minutes_until(due) - schedule.minutes_until(since)
            assert worked == pytest.approx(minutes, abs=1e-6)


def test_leads_wait_for_an_owner_in_the_territory_of_their_country(home: Path) -> None:
    waiting = pl.read_parquet(home / "truth" / "queued_leads.parquet")
    parts = sorted((home / "landing" / "crm").glob("*/leads.csv"))
    states = pl.concat(
        pl.read_csv(part, infer_schema=False, truncate_ragged_lines=True) for part in parts
    )
    last = states.sort("SystemModstamp").unique("Id", keep="last", maintain_order=True)
    unowned = set(last.filter(pl.col("OwnerId").is_null())["Id"])

    assert unowned
    assert len(unowned ^ set(waiting["lead_id"].str.strip_prefix("crm:"))) <= 2
    assert set(waiting["territory"]) == set(TERRITORIES)


def test_the_warehouse_knows_the_territories_of_the_company() -> None:
    with TERRITORY_SEED.open(encoding="utf-8") as file:
        known = {row["country_code"]: row["region"] for row in csv.DictReader(file)}

    for region, countries in TERRITORIES.items():
        assert {known[country] for country in countries} == {region}
