"""How long deals of ``small_sales_company`` took, counted a second time."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import small_sales_company as company
from sales_counted_again import DEALS, days_between
from small_sales_company import AS_OF, Record


def survival(deals: list[tuple[float, bool]]) -> dict[float, Fraction]:
    """Return S(t) at every time with an event, as Kaplan and Meier write it."""
    curve, left = {}, Fraction(1)
    for time in sorted({days for days, is_event in deals if is_event}):
        at_risk = sum(days >= time for days, _ in deals)
        events = sum(days == time and is_event for days, is_event in deals)
        left *= 1 - Fraction(events, at_risk)
        curve[time] = left
    return curve


def time_until(left: Fraction, deals: list[tuple[float, bool]]) -> float | None:
    return next((t for t, still in survival(deals).items() if still <= left), None)


def segment_of(account: str | None) -> str | None:
    employees = company.EMPLOYEES.get(account or "")
    if employees is None:
        return None
    limits = {"micro": 10, "small": 50, "medium": 250}
    return next((name for name, limit in limits.items() if employees < limit), "large")


def expected_cycles() -> dict[tuple[str, Any], Record]:
    changes = defaultdict(list)
    for change in company.stage_changes(company.opportunities()):
        changes[change["opportunity_ref"].removeprefix("t:")].append(change)
    groups = defaultdict(list)
    for deal in DEALS:
        came_in, account = deal["created_at"], deal.get("account_ref")
        for dimension, value in {
            "company": "all",
            "pipeline": deal["pipeline"] or "default",
            "product": deal.get("product_ref"),
            "lead_source": deal.get("lead_source"),
            "account_industry": company.INDUSTRIES.get(account or ""),
            "account_segment": segment_of(account),
            "product_segment_source": " | ".join(
                value or "unknown"
                for value in (deal.get("product_ref"), segment_of(account), deal.get("lead_source"))
            ),
        }.items():
            groups[dimension, value].append((deal, came_in))
        moved = changes[deal["opportunity_id"]]
        if moved:
            groups["stage", "Discovery"].append((deal, came_in))
            groups["stage", "Offer"].append((deal, moved[0]["changed_at"]))
        elif not deal["is_closed"]:
            groups["stage", deal["stage_name"]].append((deal, came_in))
    return {
        key: expected_cycle(deals) | {"median_days_in_stage": days_in_stage(key, deals, changes)}
        for key, deals in groups.items()
    }


def days_in_stage(
    key: tuple[str, Any], deals: list[tuple[Record, datetime]], changes: dict[str, list[Record]]
) -> float | None:
    """Return the median stay in a stage: here nobody comes back to one."""
    if key[0] != "stage":
        return None
    stays = []
    for deal, entered_at in deals:
        left = [
            change["changed_at"]
            for change in changes[deal["opportunity_id"]]
            if change["old_value"] == key[1]
        ]
        stays.append(((left[0] if left else AS_OF) - entered_at) / timedelta(days=1))
    return statistics.median(stays)


def expected_cycle(deals: list[tuple[Record, datetime]]) -> Record:
    days = [(days_between(start, deal["closed_at"] or AS_OF), deal) for deal, start in deals]
    dated = [(length, deal["is_won"]) for length, deal in days if length is not None]
    won = [length for length, is_won in dated if is_won]
    return {
        "opportunity_count": len(deals),
        "won_count": sum(deal["is_won"] for deal, _ in deals),
        "lost_count": sum(deal["is_closed"] and not deal["is_won"] for deal, _ in deals),
        "open_count": sum(not deal["is_closed"] for deal, _ in deals),
        "undated_count": len(deals) - len(dated),
        "median_days_to_win": float(statistics.median(won)) if won else None,
        "p75_days_to_win": float(np.quantile(won, 0.75)) if won else None,
        "p90_days_to_win": float(np.quantile(won, 0.9)) if won else None,
        "kaplan_meier_median_days": time_until(Fraction(1, 2), dated),
        "kaplan_meier_p75_days": time_until(Fraction(1, 4), dated),
    }
