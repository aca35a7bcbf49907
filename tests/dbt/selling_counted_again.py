"""The selling company counted a second time, in Python, as the sales marts should count it."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import selling_company as company
from selling_company import AGENTS, AS_OF, Record

ORDER = {"new": 1, "contacted": 2, "qualified": 3, "converted": 4, "closed": 5}
STATUS = {"New": "new", "Working": "contacted", "In progress": "contacted", "Junk": "closed",
          "Dead": "closed", "Converted": "converted"}  # fmt: skip
STAGES = {"Discovery": 1, "Offer": 2, "Won": 3, "Lost": 4}
WINDOW, EARLY = timedelta(days=90), timedelta(days=30)
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


def touching(deal: Record, until: datetime) -> list[str]:
    """Return how colleagues and customer turned to each other about a deal."""
    people = {f"email:p{deal['person']}@c.example"}
    own = [
        one
        for one in company.interactions()
        if deal["created_at"] <= one["started_at"] < until
        and one["direction"] != "internal"
        and not one["is_automated"]
        and (
            one["opportunity_ref"] == f"t:{deal['id']}"
            or (one["opportunity_ref"] is None and one["customer_ref"] in people)
        )
    ]
    own.sort(key=lambda one: (one["started_at"], one["interaction_id"]))
    sides = {"inbound": "in", "outbound": "out"}
    return [
        "meeting"
        if one["interaction_type"] == "meeting"
        else f"{one['channel']} {sides[one['direction']]}"
        for one in own
    ]


def steps_before(deal: Record) -> list[str]:
    """Return the steps of the conversation before a closing, repetitions in a row as one."""
    return [step for step, _ in groupby(touching(deal, deal["closed_at"]))]


def plays(longest: int, enough: int) -> dict[str, Record]:
    told = [(d, steps) for d in DEALS if d["closed_at"] and (steps := steps_before(d))]
    supporters: dict[str, list[Record]] = defaultdict(list)
    for deal, steps in told:
        for sequence in {
            " > ".join(steps[start : start + length])
            for length in range(1, longest + 1)
            for start in range(len(steps) - length + 1)
        }:
            supporters[sequence].append(deal)
    won_in_all = sum(deal["fate"] == "won" for deal, _ in told)
    found = {}
    for sequence, own in supporters.items():
        won = sum(deal["fate"] == "won" for deal in own)
        low, high = wilson(won, len(own))
        if len(own) >= enough:
            found[sequence] = {
                "step_count": sequence.count(">") + 1,
                "opportunity_count": len(own),
                "won_count": won,
                "lost_count": len(own) - won,
                "support": len(own) / len(told),
                "support_won": won / won_in_all,
                "support_lost": (len(own) - won) / (len(told) - won_in_all),
                "win_rate": won / len(own),
                "win_rate_low": low,
                "win_rate_high": high,
                "lift": won / len(own) / (won_in_all / len(told)),
            }
    return found


def size(employees: int | None) -> str | None:
    limits = {"micro": 10, "small": 50, "medium": 250}
    if employees is None:
        return None
    return next((name for name, limit in limits.items() if employees < limit), "large")


LEVELS = {"Head of Sales": "director", "CEO": "c_level", "Clerk": "other", None: None}


def lead_traits() -> list[tuple[Record, bool]]:
    found = []
    for versions in lead_versions().values():
        first, now = versions[0], versions[-1]
        converted_at = now.get("converted_at")
        if first["created_at"] + WINDOW > AS_OF:
            continue
        mail = first["email"]
        traits = {
            "lead_source": first["lead_source"],
            "industry": first["industry"],
            "country": first["country_code"],
            "title_level": LEVELS[first["title"]],
            "company_size": size(first["number_of_employees"]),
            "email_domain": "none" if not mail
            else "free mail" if mail.endswith("gmail.com") else "own domain",
            "has_phone": "yes" if first["phone"] else "no",
            "has_campaign": "yes" if first["campaign_ref"] else "no",
        } | dict.fromkeys(  # no lead of this company is a customer of the identity map
            ("early_call", "early_email", "early_email_reply", "early_web_visit")
        )  # fmt: skip
        in_time = converted_at is not None and converted_at <= first["created_at"] + WINDOW
        found.append((traits, in_time))
    return found


def deal_traits() -> list[tuple[Record, bool]]:
    found = []
    for deal in DEALS:
        if deal["fate"] == "open":
            continue
        account = company.accounts()[deal["account"]]
        amount = deal["amount"]
        traits = {
            "lead_source": deal["first_source"],
            "opportunity_type": None,
            "pipeline": "default",
            "product": None,
            "has_campaign": "no",
            "account_industry": account["industry"],
            "company_size": size(account["number_of_employees"]),
            "owner_team": team_of(deal["owner"]),
            "amount": None if amount is None else f"from {10 ** (len(str(amount)) - 1)}",
        }
        early = set(touching(deal, min(deal["closed_at"], deal["created_at"] + EARLY)))
        traits |= {
            name: "yes" if early & steps else "no"
            for name, steps in (
                ("early_meeting", {"meeting"}), ("early_call", {"phone in", "phone out"}),
                ("early_email", {"email out"}), ("early_email_reply", {"email in"}),
                ("early_web_visit", set()),
            )
        }  # fmt: skip
        found.append((traits, deal["fate"] == "won"))
    return found


def drivers() -> dict[tuple[Any, ...], Record]:
    found: dict[tuple[Any, ...], Record] = {}
    for kind, records in (("lead", lead_traits()), ("opportunity", deal_traits())):
        good = sum(is_good for _, is_good in records)
        bad = len(records) - good
        for feature in records[0][0]:
            parts = {}
            for value in {traits[feature] for traits, _ in records}:
                hits = [is_good for traits, is_good in records if traits[feature] == value]
                won, other = sum(hits), len(hits) - sum(hits)
                shares = (won + 0.5) / (good + 0.5), (other + 0.5) / (bad + 0.5)
                woe = math.log(shares[0] / shares[1])
                low, high = wilson(won, len(hits))
                parts[value] = {
                    "record_count": len(hits),
                    "converted_count": won,
                    "support": len(hits) / len(records),
                    "conversion_rate": won / len(hits),
                    "conversion_rate_low": low,
                    "conversion_rate_high": high,
                    "lift": won / len(hits) / (good / len(records)),
                    "weight_of_evidence": woe,
                    "information_value": woe * (shares[0] - shares[1]),
                }
            whole = sum(part["information_value"] for part in parts.values())
            for value, part in parts.items():
                found[kind, feature, value] = part | {"feature_information_value": whole}
    return found


def profiles(enough: int) -> dict[str, Record]:
    order_rows, _ = company.orders()
    bought: dict[str, Decimal] = defaultdict(Decimal)
    ordered = set()
    for order in order_rows:
        if order["status"] != "cancelled":
            number = order["customer_ref"].removeprefix("contact:t:")
            bought[f"c_{number}"] += order["revenue"]
            ordered.add(order["opportunity_ref"])
    for deal in DEALS:
        if deal["fate"] == "won" and f"t:{deal['id']}" not in ordered:
            bought[f"c_a{deal['account']}"] += deal["amount"] or Decimal(0)
    ranked = sorted(bought, key=lambda one: (-bought[one], one))
    best = set(ranked[: math.ceil(len(ranked) / 5)])
    groups: dict[str, list[str]] = defaultdict(list)
    for customer, identifiers in company.customers().items():
        kind, number = identifiers[0].split(":")[0], int(customer[3:])
        contact = company.contacts()[number] if kind == "contact" else {}
        ref = contact.get("account_ref") if contact else f"t:a{number}"
        account = company.accounts()[int(ref[3:])] if ref else {}
        groups[", ".join((
            "person" if contact else "organization",
            account.get("industry") or "industry unknown",
            size(account.get("number_of_employees")) or "size unknown",
            contact.get("country_code") or "country unknown",
        ))].append(customer)  # fmt: skip
    merged: dict[str, list[str]] = defaultdict(list)
    for name, members in groups.items():
        is_profile = sum(one in bought for one in members) >= enough
        merged[name if is_profile else "other"] += members
    everybody = len(company.customers())
    return {
        name: {
            "customer_count": len(members),
            "buyer_count": sum(one in bought for one in members),
            "high_value_count": sum(one in best for one in members),
            "value_base": sum((bought.get(one, Decimal(0)) for one in members), Decimal(0)),
            "buyer_lift": sum(one in bought for one in members) / len(members)
            / (len(bought) / everybody),
            "high_value_lift": sum(one in best for one in members) / len(members)
            / (len(best) / everybody),
            "is_ideal": name != "other"
            and wilson(sum(one in best for one in members), len(members))[0]
            > len(best) / everybody,
        }
        for name, members in merged.items()
    }  # fmt: skip


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
