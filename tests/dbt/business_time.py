"""Business minutes counted minute by minute on the clocks of the schedule's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

DAY = 24 * 60
WEEK = 7 * DAY


@dataclass(frozen=True)
class Interval:
    """A weekly opening, in minutes from Monday 00:00."""

    start: int
    end: int
    valid_from: date = date.min
    valid_to: date = date.max

    def holds(self, minute: int, day: date) -> bool:
        if not self.valid_from <= day <= self.valid_to:
            return False
        if self.end < self.start:
            return minute >= self.start or minute < self.end
        return self.start <= minute < self.end


@dataclass
class Schedule:
    zone: str
    intervals: Sequence[Interval]
    first: datetime
    last: datetime
    holidays: set[date] = field(default_factory=set)

    def is_open(self, utc: datetime) -> bool:
        local = utc.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))
        minute = local.weekday() * DAY + local.hour * 60 + local.minute
        return local.date() not in self.holidays and any(
            interval.holds(minute, local.date()) for interval in self.intervals
        )

    @cached_property
    def open_before(self) -> list[int]:
        """Open minutes before each minute from ``first`` to ``last``."""
        count = int((self.last - self.first).total_seconds() // 60) + 1
        opened = (self.is_open(self.first + timedelta(minutes=index)) for index in range(count))
        return list(accumulate(opened, initial=0))

    def until(self, moment: datetime) -> float:
        whole, rest = divmod((moment - self.first).total_seconds(), 60)
        before = self.open_before
        index = int(whole)
        return before[index] + (before[index + 1] - before[index]) * rest / 60

    def minutes(self, since: datetime, until: datetime) -> float:
        return self.until(until) - self.until(since)
