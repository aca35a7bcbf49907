"""Figures of reps, teams and quotas of ``small_sales_company``, counted a second time."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import small_sales_company as company
from small_sales_company import AS_OF, FAMILIES, TEAMS, Record

DEALS = [*company.opportunities(), *company.trial()]
ORDERS, LINES = company.order_lines()


def owner_of(deal: Record) -> str | None:
    owner = deal.get("owner_ref")
    return "t:g2" if owner == "t:g2b" else owner


def value_of(deal: Record) -> Decimal | None:
    if deal.get("amount") is None or deal["currency"] == "EUR":
        return deal.get("amount")
    day = (deal["closed_at"] or deal["created_at"]).date()
    return deal["amount"] / 2 if day >= company.FIRST_RATE else None


def days_between(start: datetime, end: datetime) -> float | None:
    if end.date() < start.date():
        return None
    return max((end - start) / timedelta(days=1), 0.0)


def total(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def is_in(moment: datetime | None, month: date) -> bool:
    return moment is not None and moment.date().replace(day=1) == month


def kpis(deals: list[Record], month: date) -> Record:
    won = [deal for deal in deals if deal["is_won"] and is_in(deal["closed_at"], month)]
    closed = [deal for deal in deals if is_in(deal["closed_at"], month)]
    days = [days_between(deal["created_at"], deal["closed_at"]) for deal in won]
    dated = [day for day in days if day is not None]
    values = [float(value) for deal in won if (value := value_of(deal)) is not None]
    return {
        "created_count": sum(is_in(deal["created_at"], month) for deal in deals),
        "won_count": len(won),
        "lost_count": len(closed) - len(won),
        "won_value_base": total(map(value_of, won)),
        "mean_deal_base": statistics.fmean(values) if values else None,
        "win_rate": len(won) / len(closed) if closed else None,
        "mean_cycle_days": statistics.fmean(dated) if dated else None,
        "median_cycle_days": float(statistics.median(dated)) if dated else None,
    }


def activities_of(owner: str | None, month: date) -> list[Record]:
    return [
        one
        for one in company.activities()
        if owner is not None
        and {"t:g2b": "t:g2"}.get(one["agent_ref"], one["agent_ref"]) == owner
        and one["direction"] != "inbound"
        and not one["is_automated"]
        and is_in(one["started_at"], month)
    ]


def target_of(owner: str | None, month: date) -> Decimal | None:
    """Return the target of a month by the shortest of the quotas that it falls into."""
    by_length: dict[int, list[Decimal]] = defaultdict(list)
    for quota in company.quotas():
        start, value = quota["period_start"], expected_quota(quota).get("quota_base")
        length = LENGTHS.get(quota["period_type"] or "")
        if owner_of(quota) != owner or quota.get("product_family") or not length or value is None:
            continue
        age = (month.year - start.year) * 12 + month.month - start.month
        if 0 <= age < length:
            by_length[length].append(value / length)
    if not by_length:
        return None
    return sum(by_length[min(by_length)], Decimal(0)).quantize(Decimal("0.0001"))


def months() -> list[date]:
    moments = [moment for deal in DEALS for moment in (deal["created_at"], deal["closed_at"])]
    first = min(moment.date() for moment in moments if moment).replace(day=1)
    first = min(first, date(2025, 7, 1))
    count = (AS_OF.year - first.year) * 12 + AS_OF.month - first.month + 1
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(count)
    ]


def ranked(of_month: dict[Any, Record], rank: str, share: str) -> None:
    values = [one["won_value_base"] for one in of_month.values()]
    for one in of_month.values():
        one[rank] = 1 + sum(value > one["won_value_base"] for value in values)
        one[share] = float(one["won_value_base"] / sum(values)) if sum(values) else None


def pareto(of_month: dict[Any, Record]) -> None:
    so_far, whole = Decimal(0), total(one["won_value_base"] for one in of_month.values())
    in_order = sorted(
        of_month.items(), key=lambda item: (-item[1]["won_value_base"], item[0] or "~")
    )
    for _, one in in_order:
        so_far += one["won_value_base"]
        one["cumulative_share"] = float(so_far / whole) if whole else None


def expected_rep(owner: str | None, month: date) -> Record | None:
    deals = kpis([deal for deal in DEALS if owner_of(deal) == owner], month)
    done, target = activities_of(owner, month), target_of(owner, month)
    busy = deals["created_count"] + deals["won_count"] + deals["lost_count"] + len(done)
    if not busy and target is None:
        return None
    return deals | {
        "team": TEAMS[owner],
        "activity_count": len(done),
        "quota_base": target,
        "quota_attainment": float(deals["won_value_base"] / target) if target else None,
    }


def expected_reps() -> dict[tuple[Any, date], Record]:
    found: dict[tuple[Any, date], Record] = {}
    for month in months():
        busy = {owner: one for owner in TEAMS if (one := expected_rep(owner, month))}
        for team in ("North", "South"):
            ranked(
                {owner: one for owner, one in busy.items() if TEAMS[owner] == team},
                "rank_in_team", "share_of_team",
            )  # fmt: skip
        ranked(busy, "rank_in_all", "share_of_company")
        ranked({owner: one for owner, one in busy.items() if owner}, "rank_in_company", "of_named")
        pareto(busy)
        found |= {(owner, month): one for owner, one in busy.items()}
    return found


def expected_teams() -> dict[tuple[Any, date], Record]:
    found: dict[tuple[Any, date], Record] = {}
    reps = expected_reps()
    for month in months():
        by_team: dict[str | None, Record] = {}
        for team in ("North", "South", None):
            own = {
                owner: one
                for (owner, when), one in reps.items()
                if when == month and TEAMS[owner] == team
            }
            if not own:
                continue
            targets = [one for one in own.values() if one["quota_base"] is not None]
            target = total(one["quota_base"] for one in targets) if targets else None
            by_team[team] = kpis([d for d in DEALS if TEAMS[owner_of(d)] == team], month) | {
                "rep_count": sum(
                    owner is not None
                    and one["created_count"] + one["won_count"] + one["lost_count"] > 0
                    for owner, one in own.items()
                ),
                "activity_count": sum(one["activity_count"] for one in own.values()),
                "quota_base": target,
                "quota_attainment": (
                    float(total(one["won_value_base"] for one in targets) / target)
                    if target
                    else None
                ),
            }
        ranked(by_team, "rank_in_all", "share_of_company")
        ranked({team: one for team, one in by_team.items() if team}, "rank_of_teams", "of_named")
        found |= {(team, month): one for team, one in by_team.items()}
    return found


LENGTHS = {"month": 1, "quarter": 3, "year": 12}


def expected_quota(quota: Record) -> Record:
    owner = owner_of(quota)
    start, period_type = quota["period_start"], quota["period_type"]
    if period_type is None:
        return dict.fromkeys(
            [
                "won_count",
                "gap_base",
                "attainment",
                "elapsed_share",
                "expected_base",
                "coverage",
                "pace",
            ]
        )
    end_month = start.year * 12 + start.month - 1 + LENGTHS[period_type]
    end = date(end_month // 12, end_month % 12 + 1, 1)
    family = quota.get("product_family")
    own = [
        deal for deal in DEALS
        if owner_of(deal) == owner
        and (family is None or FAMILIES.get(deal.get("product_ref") or "") == family)
    ]  # fmt: skip
    won = [deal for deal in own if deal["is_won"] and start <= deal["closed_at"].date() < end]
    is_over = end <= AS_OF.date()
    coming = [
        deal for deal in own
        if not is_over and not deal["is_closed"] and start <= deal["close_date"] < end
    ]  # fmt: skip
    target = quota["quota_amount"]
    if target is not None and quota["currency"] == "USD":
        target = target / 2 if start >= company.FIRST_RATE else None
    elapsed = min(max((AS_OF.date() - start).days, 0) / (end - start).days, 1)
    got, pipeline = total(map(value_of, won)), total(map(value_of, coming))
    expected = None if target is None else round(Decimal(float(target) * elapsed), 4)
    return {
        "owner_id": owner,
        "period_end": end - timedelta(days=1),
        "is_period_over": is_over,
        "quota_base": target,
        "won_count": len(won),
        "won_value_base": got,
        "attainment": None if target is None else float(got / target),
        "elapsed_share": float(elapsed),
        "expected_base": expected,
        "pace": float(got / expected) if expected else None,
        "open_count": len(coming),
        "open_value_base": pipeline,
        "open_weighted_base": total(
            value * Decimal(deal["probability"])
            for deal in coming
            if (value := value_of(deal)) is not None and deal["probability"] is not None
        ),
        "coverage": (
            float(pipeline / (target - got))
            if target is not None and not is_over and target > got
            else None
        ),
    }
