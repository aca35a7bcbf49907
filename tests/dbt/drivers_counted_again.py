"""What made deals of ``selling_company`` close and leads convert, counted a second time."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

import selling_company as company
from selling_company import AS_OF, Record
from selling_stays import DEALS, lead_versions, team_of, wilson

WINDOW, EARLY = timedelta(days=90), timedelta(days=30)


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
