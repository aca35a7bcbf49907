"""A sales department written out: reps, quotas, opportunities, orders, and a clinical trial.

The trial is that of Freireich et al. (1963), Blood 21, 699-716, the example of most textbooks on
survival: weeks of remission of 42 children under 6-MP or placebo. Here a week is a day, a
relapse a won opportunity, and a child still in remission an open opportunity.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

at = datetime.fromisoformat
AS_OF = at("2026-08-15")
FIRST_RATE = date(2026, 1, 1)
TEAMS = {"t:g1": "North", "t:g2": "North", "t:g3": "South", "t:g4": None, None: None}
FAMILIES = {"t:p1": "Lamps", "t:p2": "Lamps", "t:p3": "Cables", "t:p4": "Cables", "t:p5": None}
COSTS = {"t:p1": Decimal("4"), "t:p2": Decimal("2.5"), "t:p3": None, "t:p4": Decimal("30")}
EMPLOYEES = {"t:a1": 9, "t:a2": 10, "t:a3": 249, "t:a4": 250, "t:a5": None}
INDUSTRIES = {"t:a1": "Retail", "t:a2": "Retail", "t:a3": "Health", "t:a4": None, "t:a5": "Health"}

RELAPSED = {
    "6-MP": [6, 6, 6, 7, 10, 13, 16, 22, 23],
    "placebo": [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
}
IN_REMISSION = {"6-MP": [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], "placebo": []}

Record = dict[str, Any]


def bare(key: str | None) -> str | None:
    return key and key.removeprefix("t:")


def trial() -> list[Record]:
    children = []
    for arm, days in [*RELAPSED.items(), *IN_REMISSION.items()]:
        for number, length in enumerate(days):
            is_won = days is RELAPSED[arm]
            children.append(
                {
                    "opportunity_id": f"{arm}-{is_won}-{number}",
                    "pipeline": arm,
                    "stage_name": "Relapse" if is_won else "Remission",
                    "is_closed": is_won,
                    "is_won": is_won,
                    "created_at": AS_OF - timedelta(days=length),
                    "closed_at": AS_OF if is_won else None,
                }
            )
    return children


def opportunities() -> list[Record]:
    random = Random(7)
    deals = []
    for number in range(150):
        fate = random.choice(["won", "won", "lost", "open"])
        created_at = at("2025-11-01") + timedelta(hours=6 * random.randrange(1100))
        closed_at = min(created_at + timedelta(hours=6 * random.randrange(240)), AS_OF)
        if number < 3:  # only the day of closing is known; the third one lies before creation
            fate = "won"
            created_at = at("2026-03-05 18:00")
            closed_at = at("2026-03-05") - timedelta(days=number // 2)
        deals.append(
            {
                "opportunity_id": f"o{number}",
                "owner_ref": random.choice(["t:g1", "t:g2", "t:g2b", "t:g3", "t:g4", None]),
                "account_ref": random.choice([*EMPLOYEES, None]),
                "product_ref": random.choice([*FAMILIES, None]),
                "lead_source": random.choice(["Web", "Fair", None]),
                "pipeline": random.choice(["renewal", None]),
                "stage_name": {"won": "Won", "lost": "Lost", "open": "Offer"}[fate],
                "is_closed": fate != "open",
                "is_won": fate == "won",
                "amount": random.choice([None, Decimal(random.randrange(100, 900)) / 2]),
                "currency": random.choice(["EUR", "USD"]),
                "probability": random.choice([None, 0.25, 0.5]),
                # every fifth on the first day of a quarter
                "close_date": date(2026, 10, 1)
                if number % 5 == 0
                else date(2026, 7, 1) + timedelta(days=random.randrange(200)),
                "created_at": created_at,
                "closed_at": None if fate == "open" else closed_at,
            }
        )
    return deals


def stage_changes(deals: list[Record]) -> list[Record]:
    changes = []
    for deal in deals:
        ended_at = deal["closed_at"] or AS_OF
        if ended_at - deal["created_at"] > timedelta(days=4):
            way = [("Discovery", "Offer", deal["created_at"] + timedelta(days=3))]
            way += [("Offer", deal["stage_name"], ended_at)] if deal["is_closed"] else []
            changes += [
                {
                    "opportunity_ref": "t:" + deal["opportunity_id"],
                    "field": "stage",
                    "old_value": old,
                    "new_value": new,
                    "changed_at": changed_at,
                }
                for old, new, changed_at in way
            ]
    return changes


def order_lines() -> tuple[list[Record], list[Record]]:
    random = Random(11)
    orders, lines = [], []
    for number in range(160):
        placed_at = at("2026-01-10") + timedelta(hours=random.randrange(24 * 216))
        status = random.choice(["completed", "completed", "completed", "cancelled", "returned"])
        order = {"order_id": f"{number}", "placed_at": placed_at, "status": status}
        orders.append({**order, "currency": "EUR"})
        named = ["t:p1", "t:p1", "t:p1", "t:p2", "t:p3", "t:p9", None]
        # p4 sells once a quarter, p5 began last month
        named += ["t:p4"] * 3 if placed_at.month in (2, 5) else []
        named += ["t:p5"] if placed_at >= at("2026-07-05") else []
        for place in range(random.randrange(1, 4)):
            product_ref = random.choice(named)
            units = random.randrange(1, 6)
            line: Record = {
                "order_ref": f"t:{number}",
                "product_ref": product_ref,
                "sku": "GIFT" if product_ref is None else None,
                "unit_price": Decimal(random.randrange(10, 60)) / 4,
                "discount": random.choice([None, Decimal("0.5")]),
                "placed_at": placed_at,
            }
            lines.append({**line, "order_line_id": f"{number}-{place}", "quantity": units})
            if status == "returned":
                back: Record = {
                    "order_line_id": f"{number}-{place}r",
                    "quantity": -1,
                    "discount": None,
                }
                lines.append({**line, **back})
    return orders, lines


def activities() -> list[Record]:
    random = Random(3)
    return [
        {
            "interaction_id": f"i{number}",
            "conversation_ref": f"t:i{number}",
            "channel": "phone",
            "interaction_type": "call",
            "direction": random.choice(["outbound", "outbound", "inbound", "internal"]),
            "agent_ref": random.choice(["t:g1", "t:g2b", "t:g3", "t:g5", None]),
            "customer_ref": random.choice(["email:ann@c.example", "email:bob@c.example", None]),
            "started_at": at("2025-12-01") + timedelta(hours=random.randrange(24 * 250)),
            "is_automated": random.choice([None, False, False, True]),
        }
        for number in range(120)
    ]


def quotas() -> list[Record]:
    def quota(number: int, owner: str, start: str, period_type: str | None, **more: Any) -> Record:
        return {
            "quota_id": f"q{number}",
            "owner_ref": owner,
            "period_start": date.fromisoformat(start),
            "period_type": period_type,
            "quota_amount": Decimal("1000"),
            "currency": "EUR",
        } | more

    return [
        quota(1, "t:g1", "2026-07-01", "quarter"),
        quota(2, "t:g2b", "2026-01-01", "year", quota_amount=Decimal("9000"), currency="USD"),
        quota(3, "t:g3", "2026-03-01", "month"),
        quota(4, "t:g2", "2026-01-01", "year", product_family="Lamps"),
        quota(5, "t:g3", "2026-10-01", "quarter"),
        quota(6, "t:g1", "2026-01-01", None),
        quota(7, "t:g1", "2026-07-01", "year", quota_amount=Decimal("1")),
        quota(8, "t:g3", "2026-07-01", "quarter", quota_amount=None, quota_quantity=5.0),
        quota(9, "t:g3", "2025-07-01", "year", currency="USD"),
        quota(10, "t:g1", "2026-07-01", "month"),
        quota(11, "t:g4", "2026-07-01", "quarter"),
        quota(12, "t:g3", "2026-07-01", "month"),
    ]


def rows() -> dict[str, list[Record]]:
    deals = opportunities()
    orders, lines = order_lines()
    gil = {"email": "gil@n.example"}
    return {
        "agent": [
            {"agent_id": "g1", "name": "Ann", "team": "North"},
            {"agent_id": "g2", "name": "Gil", "team": "North", **gil},
            {"agent_id": "g2b", "name": "Gil (chat)", **gil},
            {"agent_id": "g3", "name": "Tom", "team": "South"},
            {"agent_id": "g4", "name": "Eve"},
            {"agent_id": "g5", "name": "Kim, who answers tickets", "team": "Service"},
        ],
        "account": [
            {
                "account_id": bare(key),
                "name": key,
                "number_of_employees": EMPLOYEES[key],
                "industry": INDUSTRIES[key],
            }
            for key in EMPLOYEES
        ],
        "fx_rate": [
            {"rate_date": day, "from_currency": "USD", "to_currency": "EUR", "rate": 0.5}
            for day in (FIRST_RATE + timedelta(weeks=week) for week in range(60))
        ],
        "product": [
            {
                "product_id": bare(key),
                "name": f"Product {key}",
                "family": FAMILIES.get(key),
                "cost": COSTS.get(key),
                "currency": "EUR",
            }
            for key in [*FAMILIES, "t:p6"]
        ],
        "order": orders,
        "order_line": lines,
        "quota": quotas(),
        "interaction": activities(),
        "opportunity": [*deals, *trial()],
        "opportunity_history": stage_changes(deals),
    }
