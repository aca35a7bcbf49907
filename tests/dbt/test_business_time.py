"""Business minutes of tickets: the mistakes others made, and a count minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from business_time import DAY, WEEK, Interval, Schedule

pytestmark = pytest.mark.pipeline

at = datetime.fromisoformat
AS_OF = at("2026-07-01")
FIRST, LAST = at("2025-10-01"), at("2026-04-30")
OFFICE = [Interval(day * DAY + 9 * 60, day * DAY + 17 * 60) for day in range(5)]


def daily(opens: int, closes: int, days: range = range(7)) -> list[Interval]:
    return [Interval(day * DAY + opens, day * DAY + closes) for day in days]


SCHEDULES: dict[str, tuple[str, list[Interval], list[date]]] = {
    "berlin": ("Europe/Berlin", OFFICE, [date(2025, 12, 25), date(2025, 12, 26)]),
    "eastern": (
        "America/New_York",
        daily(9 * 60, 20 * 60, range(5)),
        [date(2025, 11, 27), date(2025, 11, 24)],
    ),
    "always": ("America/Los_Angeles", [Interval(0, WEEK)], []),
    "nights": (
        "Europe/Berlin",
        [Interval(22 * 60, DAY + 6 * 60), Interval(6 * DAY, 6 * DAY + 6 * 60)],
        [date(2026, 2, 10)],
    ),
    "week_end": ("Europe/Berlin", [Interval(6 * DAY + 22 * 60, 2 * 60)], []),
    "half_hour": ("Europe/Berlin", [Interval(6 * DAY + 135, 6 * DAY + 165)], []),
    "changed": (
        "Europe/Berlin",
        [Interval(a.start, a.end, valid_to=date(2026, 2, 1)) for a in OFFICE]
        + [
            Interval(day * DAY + 10 * 60, day * DAY + 16 * 60, valid_from=date(2026, 2, 2))
            for day in range(5)
        ],
        [],
    ),
    "mars": ("Mars/Olympus_Mons", OFFICE, []),
    # clocks that change by half an hour, and hours that overlap
    "howe": (
        "Australia/Lord_Howe",
        [*daily(7 * 60 + 20, 12 * 60 + 5), *daily(11 * 60, 15 * 60 + 45, range(2, 5))],
        [date(2025, 12, 24), date(2026, 1, 1)],
    ),
}

# name, schedule, opened, solved, business minutes
GOLDEN: list[tuple[str, str, str, str, float | None]] = [
    ("winter clocks", "berlin", "2026-01-12 07:30", "2026-01-12 09:00", 60),
    ("summer clocks", "berlin", "2026-06-15 06:30", "2026-06-15 08:00", 60),
    ("over the change in spring", "berlin", "2026-03-27 15:30", "2026-03-30 07:30", 60),
    ("over the change in autumn", "berlin", "2025-10-24 14:30", "2025-10-27 08:30", 60),
    ("long after the last change", "berlin", "2025-12-15 16:30", "2025-12-16 08:01", 1),
    ("always open in spring", "always", "2026-03-07 00:00", "2026-03-10 00:00", 3 * DAY),
    ("always open in autumn", "always", "2025-11-01 00:00", "2025-11-04 00:00", 3 * DAY),
    ("a night that is an hour short", "nights", "2026-03-28 20:00", "2026-03-29 12:00", 5 * 60),
    ("a night that is an hour long", "nights", "2025-10-25 20:00", "2025-10-26 12:00", 7 * 60),
    ("an hour the clocks skip", "half_hour", "2026-03-28 12:00", "2026-03-29 12:00", 0),
    ("an hour the clocks repeat", "half_hour", "2025-10-25 12:00", "2025-10-26 12:00", 60),
    ("opened on a Saturday", "berlin", "2026-01-17 12:00", "2026-01-19 08:30", 30),
    ("opened after closing", "berlin", "2026-01-13 18:00", "2026-01-14 08:10", 10),
    ("solved before opening", "berlin", "2026-01-13 15:30", "2026-01-14 06:00", 30),
    ("wholly outside", "berlin", "2026-01-17 12:00", "2026-01-18 12:00", 0),
    ("of no length", "berlin", "2026-01-13 10:00", "2026-01-13 10:00", 0),
    ("seconds count", "berlin", "2026-01-13 10:00:30", "2026-01-13 10:01:45", 1.25),
    ("a holiday that ends on the next UTC day", "eastern",
     "2025-11-27 15:00", "2025-11-28 15:00", 60),
    ("two holidays in a week", "eastern", "2025-11-24 05:00", "2025-11-29 12:00", 3 * 11 * 60),
    ("two holidays in a row", "berlin", "2025-12-24 15:00", "2025-12-29 09:00", 2 * 60),
    ("over midnight", "nights", "2026-01-12 20:00", "2026-01-13 08:00", 8 * 60),
    ("over midnight into a holiday", "nights", "2026-02-09 20:00", "2026-02-10 08:00", 2 * 60),
    ("over the end of the week", "week_end", "2026-01-18 12:00", "2026-01-19 12:00", 4 * 60),
    ("hours changed on Monday", "changed", "2026-01-30 15:00", "2026-02-02 10:00", 60 + 60),
    ("schedule that nobody describes", "nowhere", "2026-01-12 07:30", "2026-01-12 09:00", None),
    ("zone that does not exist", "mars", "2026-01-12 07:30", "2026-01-12 09:00", None),
    ("three years", "always", "2023-06-01 00:00", "2026-06-01 00:00", 1096 * DAY),
]  # fmt: skip


def chance_tickets() -> list[tuple[str, datetime, datetime]]:
    random = Random(3)
    tickets = []
    for _ in range(60):
        for schedule in ("berlin", "eastern", "nights", "howe"):
            length = random.choice([90, 3000, 86400, 40 * 86400])
            opened = FIRST + timedelta(seconds=random.randrange(150 * 86400))
            tickets.append((schedule, opened, opened + timedelta(seconds=random.randrange(length))))
    return tickets


def event(ticket: str, kind: str, value: str, moment: datetime, **more: Any) -> dict[str, Any]:
    return {
        "ticket_event_id": f"{ticket}-{kind}-{value}-{moment:%s}",
        "ticket_ref": f"t:{ticket}",
        "event_type": kind,
        "value": value,
        "event_at": moment,
        **more,
    }


def ticket(name: str, opened: datetime, solved: datetime | None = None) -> dict[str, Any]:
    status = "solved" if solved else "open"
    return {"ticket_id": name, "status": status, "created_at": opened, "solved_at": solved}


def rows() -> dict[str, list[dict[str, Any]]]:
    tickets, events = [], []
    timed = [(name, schedule, at(a), at(b)) for name, schedule, a, b, _ in GOLDEN]
    timed += [(f"c{n}", *one) for n, one in enumerate(chance_tickets())]
    for name, schedule, opened, solved in timed:
        tickets.append(ticket(name, opened, solved))
        events.append(event(name, "schedule", schedule, opened))
        events.append(event(name, "status", "solved", solved, previous_value="new"))

    # Berlin until noon UTC of Friday, then New York: the week-end is nobody's
    tickets.append(ticket("moved", at("2026-01-16 11:00"), at("2026-01-20 00:00")))
    events += [
        event("moved", "schedule", "berlin", at("2026-01-16 11:00")),
        event("moved", "schedule", "eastern", at("2026-01-16 12:00")),
        event("moved", "status", "solved", at("2026-01-20 00:00"), previous_value="open"),
    ]
    tickets.append(ticket("lost", at("2026-01-16 11:00"), at("2026-01-20 00:00")))
    events += [
        event("lost", "schedule", "berlin", at("2026-01-16 11:00")),
        event("lost", "schedule", "nowhere", at("2026-01-16 12:00")),
        event("lost", "status", "solved", at("2026-01-20 00:00"), previous_value="open"),
        event("lost", "comment", "", at("2026-01-16 11:30"), is_public=True, actor_type="agent"),
    ]
    # Monday in Berlin, winter: its opening hours are 08:00 to 16:00 UTC
    way = [("open", 8), ("pending", 9), ("hold", 11), ("open", 12), ("solved", 14)]
    tickets.append(ticket("way", at("2026-01-12 07:00"), at("2026-01-12 14:00")))
    events.append(event("way", "schedule", "berlin", at("2026-01-12 07:00")))
    for number, (status, hour) in enumerate(way):
        before = way[number - 1][0] if number else "new"
        moment = at("2026-01-12") + timedelta(hours=hour)
        events.append(event("way", "status", status, moment, previous_value=before))
    # still waiting on the eve of as_of, in a system that never names a schedule
    tickets.append(ticket("waiting", AS_OF - timedelta(days=1)))
    events.append(event("waiting", "created", "", AS_OF - timedelta(days=1)))
    tickets.append(ticket("without events", AS_OF - timedelta(days=1)))

    return {
        "ticket": tickets,
        "ticket_event": events,
        "schedule": [
            {
                "schedule_id": name,
                "name": name,
                "time_zone": zone,
                "start_minute": interval.start,
                "end_minute": interval.end,
                "valid_from": None if interval.valid_from == date.min else interval.valid_from,
                "valid_to": None if interval.valid_to == date.max else interval.valid_to,
            }
            for name, (zone, intervals, _) in SCHEDULES.items()
            for interval in intervals
        ],
        "schedule_holiday": [
            {"schedule_id": name, "holiday_date": day, "name": "closed"}
            for name, (_, _, days) in SCHEDULES.items()
            for day in days
        ],
        # a holiday of the company: its own schedule is closed
        "calendar": [
            {"calendar_date": date(2026, 6, 30), "is_holiday": True, "holiday_name": "Founders"},
            {"calendar_date": date(2026, 5, 4), "is_holiday": False, "fiscal_year": 1999},
        ],
    }


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(
        rows(),
        settings={"as_of": AS_OF.date().isoformat(), "fiscal_year_start_month": "4"},
        selection=["--select", "+fct_tickets", "+dim_dates"],
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def tickets(warehouse: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    answer = warehouse.execute("select * from marts.fct_tickets")
    names = [column[0] for column in answer.description or []]
    found = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return {row["ticket_id"].removeprefix("t:"): row for row in found}


@pytest.mark.parametrize(("name", "expected"), [(one[0], one[4]) for one in GOLDEN])
def test_a_known_case(
    name: str, expected: float | None, tickets: dict[str, dict[str, Any]]
) -> None:
    assert tickets[name]["full_resolution_business_minutes"] == expected
    assert tickets[name]["full_resolution_calendar_minutes"] is not None
    assert tickets[name]["is_schedule_missing"] is (expected is None)


def test_minutes_are_those_that_the_clocks_show(tickets: dict[str, dict[str, Any]]) -> None:
    counted = {
        name: Schedule(zone, intervals, FIRST, LAST, set(holidays))
        for name, (zone, intervals, holidays) in SCHEDULES.items()
        if name in {"berlin", "eastern", "nights", "howe"}
    }
    different = {}
    for number, (schedule, opened, solved) in enumerate(chance_tickets()):
        expected = counted[schedule].minutes(opened, solved)
        found = tickets[f"c{number}"]["full_resolution_business_minutes"]
        if found != pytest.approx(expected, abs=1e-6):
            different[schedule, opened, solved] = (found, expected)
    assert different == {}


def test_a_ticket_that_changes_its_schedule_counts_by_both(
    tickets: dict[str, dict[str, Any]],
) -> None:
    moved = tickets["moved"]
    # an hour in Berlin, 14:00 to 01:00 UTC in New York on Friday, and Monday until midnight UTC
    assert moved["full_resolution_business_minutes"] == 60 + 11 * 60 + 10 * 60
    assert moved["schedule_key"] == "t:eastern"

    lost = tickets["lost"]
    assert lost["first_reply_business_minutes"] == 30
    assert lost["full_resolution_business_minutes"] is None
    assert lost["is_schedule_missing"]


def test_waits_are_those_of_the_statuses(tickets: dict[str, dict[str, Any]]) -> None:
    way = tickets["way"]
    assert {name: way[name] for name in way if "_wait_" in name or name.startswith("on_hold")} == {
        "agent_wait_calendar_minutes": 2 * 60,
        "agent_wait_business_minutes": 2 * 60,
        "requester_wait_calendar_minutes": 5 * 60,
        "requester_wait_business_minutes": 4 * 60,
        "on_hold_calendar_minutes": 60,
        "on_hold_business_minutes": 60,
    }
    waiting = tickets["waiting"]
    assert waiting["schedule_key"] == "default"
    assert waiting["requester_wait_calendar_minutes"] == DAY
    # Tuesday is the company's holiday: Wednesday's two hours before midnight UTC are closed too
    assert waiting["requester_wait_business_minutes"] == 0
    assert waiting["agent_wait_business_minutes"] == 0
    assert tickets["without events"]["requester_wait_calendar_minutes"] is None


def test_days_know_their_clocks_and_their_fiscal_year(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    days = {
        day: rest
        for day, *rest in warehouse.execute(
            """
            select date_day, hours, utc_offset_minutes, starts_at, fiscal_year, fiscal_quarter,
                fiscal_month, is_holiday, is_business_day, iso_year, iso_week
            from marts.dim_dates
            """
        ).fetchall()
    }
    assert days[date(2026, 3, 29)] == [
        23, 60, at("2026-03-28 23:00"), 2026, 4, 12, False, False, 2026, 13,
    ]  # fmt: skip
    assert days[date(2025, 10, 26)][:3] == [25, 120, at("2025-10-25 22:00")]
    assert days[date(2026, 4, 1)][3:6] == [2027, 1, 1]
    assert days[date(2026, 1, 1)][3:6] == [2026, 4, 10]
    assert days[date(2026, 5, 4)][3:6] == [1999, 1, 2]
    assert days[date(2026, 6, 30)][6:8] == [True, False]
    assert days[date(2024, 12, 30)][8:] == [2025, 1]
    gaps = warehouse.execute(
        "select count(*) from (select starts_at, lag(ends_at) over (order by date_day) as ended_at "
        "from marts.dim_dates) where ended_at <> starts_at"
    ).fetchone()
    assert gaps == (0,)
