"""Funnels, rejections and bottlenecks of ``selling_company``, counted a second time."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import selling_company as company
from selling_company import AS_OF, Record
from selling_stays import DEALS, days_in, deal_stays, lead_stays, lead_versions, team_of


def funnel() -> dict[tuple[Any, ...], Record]:
    """Count entries by kind, owner, stage and month, each record asked what became of it."""
    entries: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    records = [
        ("lead", versions[-1]["owner_ref"], None, "closed", lead_stays(versions))
        for versions in lead_versions().values()
    ]
    records += [("opportunity", d["owner"], d["amount"], "Lost", deal_stays(d)) for d in DEALS]
    for kind, owner, amount, lost, stays in records:
        for stage in {stay["stage"] for stay in stays}:
            own = [n for n, stay in enumerate(stays) if stay["stage"] == stage]
            after = [s["order"] for s in stays[own[0] + 1 :] if s["stage"] != lost]
            is_converted = max(after, default=0) > stays[own[0]]["order"]
            is_lost = any(
                stays[n]["lost_undated"] or (n + 1 < len(stays) and stays[n + 1]["stage"] == lost)
                for n in own
            )
            month = stays[own[0]]["entered_at"].date().replace(day=1)
            is_end = stage in ("converted", "closed", "Won", "Lost")
            days = [d for n in own if (d := days_in(stays[n], is_end)) is not None]
            entries[kind, owner, stage, month].append(
                {"converted": is_converted, "lost": is_lost and not is_converted,
                 "amount": amount, "days": sum(days) if days else None}
            )  # fmt: skip
    return {key: funnel_row(rows) for key, rows in entries.items()}


def funnel_row(rows: list[Record]) -> Record:
    amounts = [row["amount"] for row in rows if row["amount"] is not None]
    days = [row["days"] for row in rows if row["days"] is not None]
    return {
        "entered_count": len(rows),
        "converted_count": sum(row["converted"] for row in rows),
        "lost_count": sum(row["lost"] for row in rows),
        "value_base": sum(amounts) if amounts else None,
        "median_days_in_stage": statistics.median(days) if days else None,
    }


def rejections() -> dict[tuple[Any, ...], Record]:
    entered: Counter[Any] = Counter()
    lost: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for deal in DEALS:
        open_stages = [s["stage"] for s in deal_stays(deal) if s["stage"] in ("Discovery", "Offer")]
        for stage in set(open_stages):
            entered[stage, deal["owner"]] += 1
            entered[stage] += 1
        if deal["fate"] == "lost":
            lost[open_stages[-1], deal["reason"], deal["owner"]].append(deal)
    everybody = Counter({key[:2]: 0 for key in lost})
    for (stage, reason, _), own in lost.items():
        everybody[stage, reason] += len(own)
    return {
        (stage, reason, owner): {
            "entered_count": entered[stage, owner],
            "lost_count": len(own),
            "lost_value_base": sum((deal["amount"] or Decimal(0) for deal in own), Decimal(0)),
            "rejection_rate": len(own) / entered[stage, owner],
            "lift": len(own) / entered[stage, owner]
            / (everybody[stage, reason] / entered[stage]),
        }
        for (stage, reason, owner), own in lost.items()
    }  # fmt: skip


def stays_of_processes() -> Iterable[tuple[str, str, str, str | None, Record]]:
    for lead, versions in lead_versions().items():
        for stay in lead_stays(versions):
            if stay["stage"] not in ("converted", "closed"):
                yield "lead", lead, stay["stage"], team_of(versions[-1]["owner_ref"]), stay
    for deal in DEALS:
        for stay in deal_stays(deal):
            if stay["stage"] in ("Discovery", "Offer"):
                yield "opportunity", deal["id"], stay["stage"], team_of(deal["owner"]), stay
    rows, events = company.tickets()
    for ticket in rows:
        own = [e for e in events if e["ticket_ref"] == f"t:{ticket['ticket_id']}"]
        entries = [(ticket["created_at"], "new"), *((e["event_at"], e["value"]) for e in own)]
        for (entered_at, step), after in zip(entries, [*entries[1:], None], strict=True):
            if step != "solved":
                exited_at = after[0] if after else ticket["solved_at"]
                yield "ticket", ticket["ticket_id"], step, ticket["group_name"], {
                    "entered_at": entered_at,
                    "exited_at": exited_at,
                    "lost_undated": exited_at is None and ticket["status"] == "solved",
                }  # fmt: skip


def bottlenecks() -> dict[tuple[Any, ...], Record]:
    groups: dict[tuple[Any, ...], list[tuple[str, Record]]] = defaultdict(list)
    for process, case, step, department, stay in stays_of_processes():
        if stay["entered_at"] < AS_OF:
            groups[process, step, department].append((case, stay))
    return {key: bottleneck(stays) for key, stays in groups.items()}


def bottleneck(stays: list[tuple[str, Record]]) -> Record:
    hours = [
        (stay["exited_at"] - stay["entered_at"]) / timedelta(hours=1)
        for _, stay in stays
        if stay["exited_at"] is not None
    ]
    cases = Counter(case for case, _ in stays)
    rework = sum(count - 1 for count in cases.values())
    return {
        "case_count": len(cases),
        "visit_count": len(stays),
        "rework_count": rework,
        "rework_rate": rework / len(stays),
        "waiting_count": sum(
            stay["exited_at"] is None and not stay["lost_undated"] for _, stay in stays
        ),
        "finished_count": len(hours),
        "median_hours": statistics.median(hours) if hours else None,
        "p90_hours": float(np.quantile(hours, 0.9)) if hours else None,
    }
