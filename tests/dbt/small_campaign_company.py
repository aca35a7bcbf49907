"""Customers touched by campaigns, their orders and deals; and who led to what, counted again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

AS_OF = datetime.fromisoformat("2026-07-01")
WINDOW = timedelta(days=90)
CAMPAIGNS = {"mail": "email", "ads": "paid_search", "social": "paid_social", "fair": None}
PEOPLE = {f"c{i:02}": [f"user_id:shop:{i}", f"contact:t:k{i}"] for i in range(40)}
CUSTOMERS = {**PEOPLE, "c_a0": ["account:t:a0"], "c_a1": ["account:t:a1"]}
COLLEAGUES = {
    "c_a0": [f"c{i:02}" for i in range(12)],
    "c_a1": [f"c{i:02}" for i in range(12, 18)],
}
"""Who works for which company. The first bought without naming a person, the second never."""
MODELS = ("first", "last", "linear", "position", "time_decay", "shapley")

Record = dict[str, Any]


def rows() -> dict[str, list[Record]]:
    random = Random(5)

    def moment() -> datetime:
        return AS_OF - timedelta(minutes=random.randrange(1, 60 * 24 * 200))

    touches = [
        {
            "touch_id": f"{number:03}",
            "person_ref": f"user_id:shop:{random.randrange(40)}",
            "campaign_ref": f"t:{(campaign := random.choice(list(CAMPAIGNS)))}",
            "channel": CAMPAIGNS[campaign],
            "touch_type": "click",
            "touched_at": moment(),
            "cost": random.choice([None, Decimal("0.35")]),
            "currency": "EUR",
        }
        for number in range(150)
    ]
    orders = [
        {
            "order_id": f"{number:03}",
            "customer_ref": None if number < 3 else f"user_id:shop:{random.randrange(40)}",
            "opportunity_ref": {10: "t:d0", 11: "t:d1"}.get(number),
            "placed_at": moment(),
            "revenue": Decimal(random.randrange(100, 99999)) / 100,
            "total": Decimal(1),
            "currency": random.choice(["EUR", "EUR", "USD", "XAU"]),
            "status": "cancelled" if number % 11 == 0 else "completed",
        }
        for number in range(90)
    ]
    deals = [
        {
            "opportunity_id": f"d{number}",
            "primary_contact_ref": f"t:k{random.randrange(40)}",
            "stage_name": "Closed Won" if number < 9 else "Closed Lost",
            "created_at": AS_OF - timedelta(days=300),
            "closed_at": moment(),
            "amount": Decimal(random.randrange(1000, 9000)),
            "currency": "USD",
        }
        for number in range(12)
    ]
    deals += [
        {
            "opportunity_id": f"e{number}",
            "account_ref": "t:a0",
            "stage_name": "Closed Won",
            "created_at": AS_OF - timedelta(days=300),
            "closed_at": AS_OF - timedelta(days=days),
            "amount": Decimal(5000),
            "currency": "EUR",
        }
        for number, days in enumerate((120, 20))
    ]
    employer = {who: account for account, theirs in COLLEAGUES.items() for who in theirs}
    return {
        "fx_rate": [
            {"rate_date": date(2025, 12, 1) + timedelta(days=7 * week), "from_currency": "USD",
             "to_currency": "EUR", "rate": 0.9}
            for week in range(31)
        ],
        "campaign": [
            {"campaign_id": key, "name": key, "created_at": AS_OF - timedelta(days=300),
             "actual_cost": Decimal("500"), "currency": "EUR"}
            for key in [*CAMPAIGNS, "idle"]
        ],
        "campaign_touch": touches,
        "order": orders,
        "opportunity": deals,
        "account": [
            {"account_id": key, "name": key, "created_at": AS_OF - timedelta(days=300)}
            for key in ("a0", "a1")
        ],
        "contact": [
            {
                "contact_id": f"k{i}",
                "account_ref": employer[who].replace("c_", "t:") if who in employer else None,
                "created_at": AS_OF - timedelta(days=300),
            }
            for i, who in enumerate(PEOPLE)
        ],
    }  # fmt: skip


def conversions_again(raw: dict[str, list[Record]]) -> list[Record]:
    """Return every conversion with its touches in order, from the raw rows."""
    owner = {identifier: who for who, their in CUSTOMERS.items() for identifier in their}
    rate = {"EUR": Decimal(1), "USD": Decimal("0.9")}
    told = {one["opportunity_ref"] for one in raw["order"]}
    found = [
        {
            "id": f"order:t:{one['order_id']}",
            "customer": owner.get(one["customer_ref"] or ""),
            "at": one["placed_at"],
            "value": one["revenue"],
            "currency": one["currency"],
        }
        for one in raw["order"]
        if one["status"] != "cancelled"
    ]
    found += [
        {
            "id": f"opportunity:t:{one['opportunity_id']}",
            "customer": owner[
                f"contact:{one['primary_contact_ref']}"
                if "primary_contact_ref" in one
                else f"account:{one['account_ref']}"
            ],
            "at": one["closed_at"],
            "value": one["amount"],
            "currency": one["currency"],
        }
        for one in raw["opportunity"]
        if one["stage_name"] == "Closed Won" and f"t:{one['opportunity_id']}" not in told
    ]
    found.sort(key=lambda one: one["at"])
    for one in found:
        one["touches"] = []
        one["base"] = rate[one["currency"]] * one["value"] if one["currency"] in rate else None
        before = [other for other in found if other["customer"] == one["customer"] is not None]
        one["is_acquisition"] = one["customer"] is not None and before[0] is one
    for touch in sorted(raw["campaign_touch"], key=lambda one: one["touched_at"]):
        person = owner[touch["person_ref"]]
        for who in (person, *(company for company in COLLEAGUES if person in COLLEAGUES[company])):
            after = [
                one for one in found if one["customer"] == who and one["at"] >= touch["touched_at"]
            ]
            if after and touch["touched_at"] > after[0]["at"] - WINDOW:
                after[0]["touches"].append(touch)
    return found


def open_paths_again(raw: dict[str, list[Record]], converted: list[Record]) -> list[list[Record]]:
    """Return what customers were touched with after their last conversion."""
    owner = {identifier: who for who, their in CUSTOMERS.items() for identifier in their}
    paths = []
    for who in CUSTOMERS:
        last = max((one["at"] for one in converted if one["customer"] == who), default=None)
        since = [
            touch
            for touch in sorted(raw["campaign_touch"], key=lambda one: one["touched_at"])
            if owner[touch["person_ref"]] == who and (last is None or touch["touched_at"] > last)
        ]
        paths += [since] if since else []
    return paths


def weights(model: str, touches: list[Record]) -> list[float]:
    """Return the credit of each touch of one conversion."""
    n = len(touches)
    if model == "first":
        raw = [1.0] + [0.0] * (n - 1)
    elif model == "last":
        raw = [0.0] * (n - 1) + [1.0]
    elif model == "linear" or (model == "position" and n <= 2):
        raw = [1.0] * n
    elif model == "position":
        raw = [0.4, *([0.2 / (n - 2)] * (n - 2)), 0.4]
    elif model == "time_decay":
        last = touches[-1]["touched_at"]
        raw = [0.5 ** ((last - one["touched_at"]).total_seconds() / 86400 / 7) for one in touches]
    else:
        return shapley([one["channel"] or "unassigned" for one in touches])
    return [one / sum(raw) for one in raw]


def shapley(channels: list[str]) -> list[float]:
    """Return Shapley values by all orders in which the channels could have come in."""
    from itertools import permutations

    players = sorted(set(channels))
    value = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        # the coalition converts once it has every channel of the path
        value[order[-1]] += 1 / len(orders)
    return [value[channel] / channels.count(channel) for channel in channels]


def channel_of(touch: Record) -> str:
    return touch["channel"] or "unassigned"
