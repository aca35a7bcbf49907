"""How ``selling_company`` uses its CRM and what that brings, counted a second time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import selling_company as company
from selling_company import AGENTS, AS_OF, Record
from selling_stays import DEALS, lead_versions


def monday(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())


def open_states(deal: Record) -> list[tuple[datetime, datetime]]:
    """Return the stretches in which a deal was open and nothing of it changed."""
    moments = {deal["created_at"], *(one[2] for one in deal["changes"])}
    moments |= {deal["pushed_at"]} - {None}
    if deal["closed_at"]:
        moments = {one for one in moments if one < deal["closed_at"]}
    ends = [*sorted(moments)[1:], deal["closed_at"] or AS_OF]
    return list(zip(sorted(moments), ends, strict=True))


def adoption() -> dict[tuple[str, date], Record]:
    found: dict[tuple[str, date], Record] = defaultdict(Counter)
    days: dict[tuple[str, date], set[date]] = defaultdict(set)

    def did(agent: str | None, moment: datetime, what: str) -> None:
        if agent in AGENTS and moment < AS_OF:
            found[agent, monday(moment)][what] += 1
            days[agent, monday(moment)].add(moment.date())

    for one in company.interactions():
        if one["direction"] != "inbound" and not one["is_automated"]:
            did(one["agent_ref"], one["started_at"], "activity_count")
    for change in company.stage_changes():
        did(change["changed_by_ref"], change["changed_at"], "opportunity_update_count")
    for event in company.tickets()[1]:
        if event["actor_type"] == "agent":
            did(event["actor_ref"], event["event_at"], "ticket_update_count")
    first = monday(min(deal["created_at"] for deal in DEALS))
    weeks = [first + timedelta(weeks=n) for n in range((AS_OF.date() - first).days // 7 + 1)]
    for deal in DEALS:
        for start, end in open_states(deal) if deal["owner"] else []:
            for week in weeks:
                bound = min(datetime.combine(week + timedelta(weeks=1), time()), AS_OF)
                if start < bound <= end:
                    row = found[deal["owner"], week]
                    row["open_count"] += 1
                    row["stale_count"] += start < bound - timedelta(days=30)
                    row["filled"] += 1 + (deal["amount"] is not None) + bool(deal["category"])
    names = ("activity_count", "opportunity_update_count", "ticket_update_count", "open_count",
             "stale_count")  # fmt: skip
    return {
        key: {name: row[name] for name in names}
        | {
            "active_day_count": len(days[key]),
            "stale_share": row["stale_count"] / row["open_count"] if row["open_count"] else None,
            "field_fill_rate": row["filled"] / row["open_count"] / 3 if row["open_count"] else None,
        }
        for key, row in list(found.items())
    }


def quarter(moment: datetime) -> date:
    return date(moment.year, (moment.month - 1) // 3 * 3 + 1, 1)


def goals() -> dict[tuple[str, date], Record]:
    """Return actual and target of the three goals that the project comes with, by quarter."""
    revenue: Counter[date] = Counter()
    for order in company.orders()[0]:
        if order["status"] != "cancelled" and order["placed_at"] < AS_OF:
            revenue[quarter(order["placed_at"])] += order["revenue"]  # type: ignore[assignment]
    bookings: Counter[date] = Counter()
    for deal in DEALS:
        bookings[quarter(deal["created_at"])] += 0
        if deal["closed_at"]:
            won = deal["amount"] or 0 if deal["fate"] == "won" else 0
            bookings[quarter(deal["closed_at"])] += won
    came: dict[date, list[bool]] = defaultdict(list)
    for versions in lead_versions().values():
        came[quarter(versions[0]["created_at"])].append("converted_at" in versions[-1])
    rates = {start: sum(hits) / len(hits) for start, hits in came.items()}
    measures: list[tuple[str, dict[date, Any], float]] = [
        ("order_revenue_growth", dict(revenue), 1.1),
        ("bookings_growth", dict(bookings), 1.1),
        ("lead_conversion_growth", rates, 1.05),
    ]
    return {
        (goal, start): {
            "actual": float(actual),
            "target": float(before) * factor if before is not None else None,
        }
        for goal, actuals, factor in measures
        for start, actual in actuals.items()
        for before in [actuals.get(start.replace(year=start.year - 1))]
    }


def programme(start: date, costs: Callable[[date], Decimal]) -> dict[date, Record]:
    """Return what a programme cost and brought in each month since it started."""
    margins: dict[date, Decimal] = defaultdict(Decimal)
    status = {f"t:{order['order_id']}": order["status"] for order in company.orders()[0]}
    for line in company.orders()[1]:
        if status[line["order_ref"]] != "cancelled" and line["cogs"] is not None:
            margins[line["placed_at"].date().replace(day=1)] += line["unit_price"] - line["cogs"]
    before = [
        margin for month, margin in margins.items()
        if start.replace(year=start.year - 1) <= month < start
    ]  # fmt: skip
    baseline = round(sum(before, Decimal(0)) / 12, 4)
    found, month, cost, gain = {}, start, Decimal(0), Decimal(0)
    while month <= AS_OF.date():
        after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        cost += costs(month)
        if after <= AS_OF.date():
            gain += margins[month] - baseline
        found[month] = {
            "cost_base": costs(month),
            "margin_base": margins[month],
            "cumulative_cost_base": cost,
            "cumulative_gain_base": gain,
            "return_per_unit": float(gain / cost),
        }
        month = after
    return found
