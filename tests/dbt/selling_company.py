"""A company drawn at random that sells: leads, deals, calls, tickets and orders, as raw rows.

Every rule of the sales marts has its cases: leads that come back or vanish undated, traits filled
in after the outcome, deals without a reason for their loss, steps repeated, weeks without a touch.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

at = datetime.fromisoformat
AS_OF = at("2026-08-15")
START = at("2025-06-02")
AGENTS = {"t:g1": "North", "t:g2": "North", "t:g3": "South", "t:g4": None}
ACCOUNTS = 16
PERSONS = 48
HOUR = timedelta(hours=1)

Record = dict[str, Any]


def day(moment: datetime) -> date:
    return moment.date()


@cache
def accounts() -> list[Record]:
    draw = Random(1)
    return [
        {
            "account_id": f"a{n}",
            "name": f"Account {n}",
            "industry": draw.choice(["Retail", "Retail", "Health", None]),
            "number_of_employees": draw.choice([5, 30, 30, 900, None]),
        }
        for n in range(ACCOUNTS)
    ]


@cache
def contacts() -> list[Record]:
    return [
        {
            "contact_id": f"p{n}",
            "email": f"p{n}@c.example",
            "account_ref": f"t:a{n % ACCOUNTS}" if n % 7 else None,
            "country_code": "DE" if n % 3 else "AT",
            "created_at": START,
            "recorded_at": START,
        }
        for n in range(PERSONS)
    ]


def customers() -> dict[str, list[str]]:
    organizations = {f"c_a{n}": [f"account:t:a{n}"] for n in range(ACCOUNTS)}
    persons = {f"c_p{n}": [f"contact:t:p{n}", f"email:p{n}@c.example"] for n in range(PERSONS)}
    return organizations | persons


@cache
def leads() -> list[Record]:
    """Return every version of every lead, oldest first."""
    draw = Random(2)
    versions = []
    for n in range(110):
        created_at = START + HOUR * draw.randrange(24 * 430)
        lead: Record = {
            "lead_id": f"l{n}",
            "email": draw.choice([f"l{n}@gmail.com", f"l{n}@own.example", None]),
            "phone": draw.choice(["+4930123", None]),
            "title": draw.choice(["Head of Sales", "CEO", "Clerk", None]),
            "industry": draw.choice(["Retail", "Health", None]),
            "country_code": draw.choice(["DE", "AT"]),
            "number_of_employees": draw.choice([5, 40, None]),
            "lead_source": draw.choice(["Web", "Fair"]),
            "campaign_ref": draw.choice(["t:k1", None]),
            "owner_ref": draw.choice([*AGENTS, None]),
            "status": "New",
            "created_at": created_at,
            "recorded_at": created_at,
        }
        fate = draw.choice(["converted", "converted", "closed", "undated", "open", "back"])
        steps: list[Record] = [{}]
        wait = HOUR * draw.randrange(1, 24 * 50)
        if n % 4:
            steps.append({"status": "Working", "first_responded_at": created_at + wait})
        if fate == "converted":
            # what the sale taught is written down with it
            steps.append(
                {
                    "status": "Converted",
                    "qualified_at": created_at + 2 * wait if n % 3 else None,
                    "converted_at": created_at + 3 * wait,
                    "industry": "Retail",
                    "phone": "+4930123",
                }
            )
        if fate == "closed":
            steps.append({"status": "Junk"})
        if fate == "back":
            steps += [{"status": "Junk"}, {"status": "In progress"}, {"status": "whatever"}]
        if fate == "undated":
            steps = [{"status": "Dead", "recorded_at": None}]
        for place, step in enumerate(steps):
            lead = lead | {"recorded_at": created_at + place * wait} | step
            versions.append(lead)
    return [lead for lead in versions if (lead["recorded_at"] or START) < AS_OF]


@cache
def deals() -> list[Record]:
    """Return opportunities with their whole story; versions and changes are made of it."""
    draw = Random(3)
    told = []
    for n in range(130):
        created_at = START + HOUR * draw.randrange(24 * 425)
        fate = draw.choice(["won", "won", "lost", "lost", "open"])
        length = HOUR * draw.randrange(24 * 4, 24 * 90)
        if created_at + length >= AS_OF:
            fate = "open"
        account = draw.randrange(ACCOUNTS)
        deal: Record = {
            "id": f"o{n}",
            "fate": fate,
            "account": account,
            "person": draw.choice([account, account + ACCOUNTS]),
            "owner": draw.choice([*AGENTS, None]),
            "amount": draw.choice([None, Decimal(draw.randrange(50, 50_000))]),
            "category": draw.choice(["commit", None]),
            "first_source": draw.choice(["Web", "Fair", None]),
            "reason": draw.choice(["price", "timing", None]) if fate == "lost" else None,
            "created_at": created_at,
            "closed_at": created_at + length if fate != "open" else None,
            "close_date": day(created_at) + timedelta(days=40),
            "changes": [],
        }
        offered_at = created_at + length / 4
        way = [("Discovery", "Offer", offered_at)] if draw.random() < 0.8 else []
        if way and draw.random() < 0.3:
            way += [
                ("Offer", "Discovery", offered_at + HOUR),
                ("Discovery", "Offer", offered_at + 30 * HOUR),
            ]
        if fate != "open":
            way.append((way[-1][1] if way else "Discovery", fate.title(), deal["closed_at"]))
        deal["changes"] = [one for one in way if one[2] < AS_OF]
        # told of at the first change or after a week, whichever comes first
        deal["pushed_at"] = created_at + length / 8 if draw.random() < 0.5 else None
        if deal["pushed_at"] and deal["pushed_at"] >= AS_OF:
            deal["pushed_at"] = None
        told.append(deal)
    return told


def opportunity_versions() -> list[Record]:
    versions = []
    for deal in deals():
        first = {
            "opportunity_id": deal["id"],
            "account_ref": f"t:a{deal['account']}",
            "primary_contact_ref": f"t:p{deal['person']}",
            "owner_ref": deal["owner"],
            "stage_name": "Discovery",
            "amount": deal["amount"],
            "currency": "EUR",
            "forecast_category": deal["category"],
            "lead_source": deal["first_source"],
            "close_date": deal["close_date"],
            "created_at": deal["created_at"],
            "recorded_at": deal["created_at"],
        }
        versions.append(first)
        last = first
        if deal["pushed_at"]:
            last = first | {
                "recorded_at": deal["pushed_at"],
                "close_date": deal["close_date"] + timedelta(days=30),
            }
            versions.append(last)
        if deal["fate"] != "open":
            versions.append(
                last
                | {
                    "recorded_at": deal["closed_at"],
                    "closed_at": deal["closed_at"],
                    "stage_name": deal["fate"].title(),
                    "lead_source": deal["first_source"] or "Web",
                    "loss_reason": deal["reason"],
                }
            )
    return versions


@cache
def stage_changes() -> list[Record]:
    return [
        {
            "opportunity_ref": f"t:{deal['id']}",
            "field": "stage",
            "old_value": old,
            "new_value": new,
            "changed_at": changed_at,
            "changed_by_ref": deal["owner"],
        }
        for deal in deals()
        for old, new, changed_at in deal["changes"]
    ]


@cache
def interactions() -> list[Record]:
    draw = Random(4)
    named = deals()
    rows = []
    for n in range(1500):
        deal = draw.choice(named)
        names_deal = draw.random() < 0.2
        end = min(deal["created_at"] + timedelta(days=60), AS_OF)
        hours = max(int((end - deal["created_at"]) / HOUR), 1)
        rows.append(
            {
                "interaction_id": f"i{n:04}",
                "conversation_ref": f"t:i{n}",
                "channel": draw.choice(["phone", "email"]),
                "interaction_type": draw.choice(["message", "message", "meeting"]),
                "direction": draw.choice(["outbound", "inbound", "inbound", "internal"]),
                "agent_ref": draw.choice([*AGENTS, None]),
                "customer_ref": f"email:p{draw.choice([deal['person'], n % PERSONS])}@c.example",
                "opportunity_ref": f"t:{deal['id']}" if names_deal else None,
                "started_at": deal["created_at"] + HOUR * draw.randrange(hours),
                "is_automated": draw.random() < 0.1,
            }
        )
    return rows


@cache
def tickets() -> tuple[list[Record], list[Record]]:
    draw = Random(5)
    rows, events = [], []
    for n in range(40):
        created_at = START + HOUR * draw.randrange(24 * 420)
        fate = draw.choice(["solved", "solved", "open", "untold"])
        way = ["open"] if fate != "untold" else []
        if way and draw.random() < 0.5:
            way += ["pending", "open"]
        if fate == "solved":
            way.append("solved")
        before, moment = "new", created_at
        for step in way:
            moment += HOUR * draw.randrange(1, 60)
            events.append(
                {
                    "ticket_event_id": f"e{len(events)}",
                    "ticket_ref": f"t:k{n}",
                    "event_type": "status",
                    "value": step,
                    "previous_value": before,
                    "actor_type": draw.choice(["agent", "agent", "system"]),
                    "actor_ref": draw.choice(list(AGENTS)),
                    "event_at": moment,
                }
            )
            before = step
        rows.append(
            {
                "ticket_id": f"k{n}",
                "group_name": draw.choice(["Tech", "Billing", None]),
                "status": "solved" if fate == "untold" else before,
                "created_at": created_at,
                "solved_at": created_at + 5 * HOUR if fate == "untold" and n % 2 else None,
            }
        )
    return rows, events


@cache
def orders() -> tuple[list[Record], list[Record]]:
    draw = Random(6)
    rows, lines = [], []
    won = [deal for deal in deals() if deal["fate"] == "won"]
    for n in range(160):
        deal = draw.choice([*won[:10], None, None])
        placed_at = at("2024-12-10") + HOUR * draw.randrange(24 * 600)
        revenue = Decimal(draw.randrange(100, 4000))
        order = {
            "order_id": f"r{n}",
            "customer_ref": f"contact:t:p{draw.randrange(PERSONS) // 2}",
            "opportunity_ref": f"t:{deal['id']}" if deal else None,
            "placed_at": placed_at,
            "status": draw.choice(["completed", "completed", "completed", "cancelled"]),
            "revenue": revenue,
            "currency": "EUR",
        }
        rows.append(order)
        lines.append(
            {
                "order_line_id": f"r{n}-1",
                "order_ref": f"t:r{n}",
                "quantity": 1,
                "unit_price": revenue,
                "currency": "EUR",
                "cogs": draw.choice([None, revenue / 4]),
                "placed_at": placed_at,
            }
        )
    return rows, lines


def rows() -> dict[str, list[Record]]:
    stages = [("Discovery", False, False), ("Offer", False, False), ("Won", True, True),
              ("Lost", True, False)]  # fmt: skip
    ticket_rows, ticket_events = tickets()
    order_rows, order_lines = orders()
    return {
        "agent": [
            {"agent_id": key.removeprefix("t:"), "name": key, "team": team}
            for key, team in AGENTS.items()
        ],
        "account": accounts(),
        "contact": contacts(),
        "lead": leads(),
        "opportunity": opportunity_versions(),
        "opportunity_history": stage_changes(),
        "pipeline_stage": [
            {"pipeline": "default", "stage_id": name, "display_order": place,
             "is_closed": is_closed, "is_won": is_won}
            for place, (name, is_closed, is_won) in enumerate(stages, start=1)
        ],
        "interaction": interactions(),
        "ticket": ticket_rows,
        "ticket_event": ticket_events,
        "order": order_rows,
        "order_line": order_lines,
    }  # fmt: skip
