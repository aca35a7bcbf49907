"""When the helpdesk works: moments and minutes of work in, later moments and minutes out.

Two schedules with hours and holidays of their own: the office, and the people on call for what is
urgent. Moments are days since the start (UTC), hours are those of Berlin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from demo.chance import Floats
from demo.timeline import END, START

ZONE = "Europe/Berlin"
GERMAN_HOLIDAYS = {
    "2024-10-03": "Tag der Deutschen Einheit", "2024-12-25": "1. Weihnachtstag",
    "2024-12-26": "2. Weihnachtstag", "2025-01-01": "Neujahr", "2025-04-18": "Karfreitag",
    "2025-04-21": "Ostermontag", "2025-05-01": "Tag der Arbeit",
    "2025-05-29": "Christi Himmelfahrt", "2025-06-09": "Pfingstmontag",
    "2025-10-03": "Tag der Deutschen Einheit", "2025-12-25": "1. Weihnachtstag",
    "2025-12-26": "2. Weihnachtstag", "2026-01-01": "Neujahr", "2026-04-03": "Karfreitag",
    "2026-04-06": "Ostermontag", "2026-05-01": "Tag der Arbeit",
    "2026-05-14": "Christi Himmelfahrt", "2026-05-25": "Pfingstmontag",
}  # fmt: skip
ON_CALL_HOLIDAYS = {
    day: name for day, name in GERMAN_HOLIDAYS.items() if day[5:] in ("12-25", "01-01")
}

Week = tuple[tuple[int, int, int], ...]
"""Day of the week from Monday, opening and closing hour."""


@dataclass(frozen=True)
class Schedule:
    """Opening hours: ``periods`` are first day, last day and week; null means without end."""

    schedule_id: str
    name: str
    periods: tuple[tuple[date | None, date | None, Week], ...]
    holidays: dict[str, str]

    @cached_property
    def openings(self) -> tuple[Floats, Floats]:
        """Return when it opens and closes, from a week before the start to two after the end."""
        zone, utc = ZoneInfo(ZONE), ZoneInfo("UTC")
        spans = []
        day = START.date() - timedelta(days=7)
        while day < END.date() + timedelta(days=14):
            for first, last, week in self.periods:
                if (first or day) <= day <= (last or day) and day.isoformat() not in self.holidays:
                    spans += [
                        [
                            datetime.combine(day, time(hour), zone).astimezone(utc)
                            for hour in (opens, closes)
                        ]
                        for week_day, opens, closes in week
                        if week_day == day.weekday()
                    ]
            day += timedelta(days=1)
        start = START.replace(tzinfo=utc)
        days = np.array([[(end - start) / timedelta(days=1) for end in span] for span in spans])
        return days[:, 0], days[:, 1]

    def _worked(self) -> Floats:
        opened, closed = self.openings
        return np.r_[0.0, np.cumsum(closed - opened)]

    def minutes_until(self, moments: Floats) -> Floats:
        """Return the minutes worked from a fixed moment before the start until ``moments``."""
        opened, closed = self.openings
        edges = np.c_[opened, closed].ravel()
        worked = self._worked()
        return np.interp(moments, edges, np.c_[worked[:-1], worked[1:]].ravel()) * 1440

    def after(self, moments: Floats, minutes: float) -> Floats:
        """Return the moments at which ``minutes`` of work have passed since ``moments``."""
        opened, _ = self.openings
        worked = self._worked()
        wanted = (self.minutes_until(moments) + minutes) / 1440
        number = np.searchsorted(worked, wanted, side="left") - 1
        number = np.clip(number, 0, len(opened) - 1)
        return np.asarray(opened[number] + wanted - worked[number])


OFFICE = Schedule(
    "berlin",
    "Office hours",
    (
        (None, date(2025, 6, 30), tuple((day, 8, 18) for day in range(5))),
        (date(2025, 7, 1), None, (*((day, 9, 20) for day in range(5)), (5, 10, 14))),
    ),
    GERMAN_HOLIDAYS,
)
ON_CALL = Schedule(
    "on_call",
    "On call",
    ((None, None, tuple((day, 7, 22) for day in range(7))),),
    ON_CALL_HOLIDAYS,
)
SCHEDULES = (OFFICE, ON_CALL)
