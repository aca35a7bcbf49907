"""How long leads and deals were in which stage, counted from their raw rows."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

import numpy as np
import selling_company as company
from selling_company import AGENTS, AS_OF, Record

ORDER = {"new": 1, "contacted": 2, "qualified": 3, "converted": 4, "closed": 5}
STATUS = {"New": "new", "Working": "contacted", "In progress": "contacted", "Junk": "closed",
          "Dead": "closed", "Converted": "converted"}  # fmt: skip
STAGES = {"Discovery": 1, "Offer": 2, "Won": 3, "Lost": 4}
DEALS = company.deals()


def team_of(owner: str | None) -> str | None:
    return AGENTS.get(owner or "")


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return the interval as the roots of (p - hits/trials)^2 = z^2 p (1 - p) / trials."""
    z = statistics.NormalDist().inv_cdf(0.975)
    low, high = np.roots(
        [1 + z * z / trials, -(2 * hits / trials + z * z / trials), (hits / trials) ** 2]
    )
    return min(low.real, high.real), max(low.real, high.real)


@cache
def lead_versions() -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for version in company.leads():
        found[version["lead_id"]].append(version)
    return found


def lead_stays(versions: Sequence[Record]) -> list[Record]:
    """Return the stays of a lead in its stages, in order."""
    now = versions[-1]
    stamps = {
        stage: now[column]
        for stage, column in (
            ("new", "created_at"), ("contacted", "first_responded_at"),
            ("qualified", "qualified_at"), ("converted", "converted_at"),
        )
        if now.get(column)
    }  # fmt: skip
    entries = [(entered_at, ORDER[stage], stage) for stage, entered_at in stamps.items()]
    seen: Counter[str] = Counter()
    last = None
    for version in versions:
        stage = "converted" if version.get("converted_at") else STATUS.get(version["status"])
        if version["recorded_at"] is None or stage is None or stage == last:
            continue
        last = stage
        seen[stage] += 1
        if stage not in stamps or seen[stage] > 1:
            entries.append((version["recorded_at"], ORDER[stage], stage))
    entries.sort()
    kept = [one for before, one in zip([None, *entries], entries, strict=False)
            if before is None or before[2] != one[2]]  # fmt: skip
    is_closed = "converted_at" not in now and STATUS.get(now["status"]) == "closed"
    return [
        {
            "stage": stage,
            "order": order,
            "entered_at": entered_at,
            "exited_at": kept[place + 1][0] if place + 1 < len(kept) else None,
            "lost_undated": place + 1 == len(kept) and stage != "closed" and is_closed,
        }
        for place, (entered_at, order, stage) in enumerate(kept)
    ]


def deal_stays(deal: Record) -> list[Record]:
    entries = [(deal["created_at"], "Discovery")]
    entries += [(changed_at, new) for _, new, changed_at in deal["changes"]]
    return [
        {
            "stage": stage,
            "order": STAGES[stage],
            "entered_at": entered_at,
            "exited_at": entries[place + 1][0] if place + 1 < len(entries) else None,
            "lost_undated": False,
        }
        for place, (entered_at, stage) in enumerate(entries)
    ]


def days_in(stay: Record, is_end: bool) -> float | None:
    if stay["exited_at"] is None and (is_end or stay["lost_undated"]):
        return None
    return ((stay["exited_at"] or AS_OF) - stay["entered_at"]) / timedelta(days=1)
