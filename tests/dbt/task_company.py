"""Leads to give away, deals to pursue and customers to call, for the tables of tasks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

AS_OF = datetime.fromisoformat("2026-07-01")
PEOPLE = [f"p{i}" for i in range(12)]
CUSTOMERS = (
    {name: [f"email:{name}@x.com", f"contact:t:{name}", f"lead:t:{name}"] for name in PEOPLE}
    | {f"w{i}": [f"lead:t:w{i}", f"email:w{i}@x.com"] for i in range(70)}
    | {"org": ["account:t:A"]}
)
Row = dict[str, Any]


def ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def lead(name: str, days: float, **more: Any) -> Row:
    return {
        "lead_id": name, "status": "new", "created_at": ago(days), "recorded_at": ago(days),
        "email": f"{name}@x.com",
    } | more  # fmt: skip


def leads() -> list[Row]:
    """Return 65 leads for the North, 5 for nowhere, and one of every other kind."""
    north = [lead(f"w{i}", 30 - i / 10, country_code="DE") for i in range(65)]
    nowhere = [lead(f"w{i}", 3 - i / 100, country_code="BR") for i in range(65, 70)]
    return [
        *north,
        *nowhere,
        lead("p0", 10, owner_ref="t:n1", country_code="AT", first_responded_at=ago(9)),
        lead("p1", 10, owner_ref="t:gone", country_code="AT"),
        lead("p2", 10, country_code="AT"),
        lead("p3", 10, owner_ref="t:n1", status="converted", converted_at=ago(2)),
    ]


def deal(i: int, name: str, stage: str, days: float, **more: Any) -> Row:
    return {
        "opportunity_id": f"o{i}", "stage_name": stage, "created_at": ago(days),
        "amount": Decimal(100 * i), "currency": "EUR", "owner_ref": "t:n1",
        "primary_contact_ref": f"t:{name}", "recorded_at": ago(days),
    } | more  # fmt: skip


def talk(i: int, name: str, direction: str, days: float, **more: Any) -> Row:
    return {
        "interaction_id": f"m{i}", "conversation_ref": f"t:c{i}", "channel": "email",
        "interaction_type": "message", "direction": direction, "agent_ref": "t:n1",
        "customer_ref": f"email:{name}@x.com", "started_at": ago(days),
        "recorded_at": min(ago(days), ago(1)),
    } | more  # fmt: skip


def rows() -> dict[str, list[Row]]:
    return {
        "agent": [
            {"agent_id": "n1", "name": "Nina", "role": "sales", "region": "North"},
            {"agent_id": "n2", "name": "Nils", "role": "sales", "region": "North"},
            {"agent_id": "s1", "name": "Sven", "role": "sales", "region": "South"},
            {"agent_id": "gone", "name": "Gone", "role": "sales", "region": "South",
             "active_to": date(2026, 1, 1)},
            {"agent_id": "h1", "name": "Helge", "role": "service", "region": "South"},
        ],
        "lead": leads(),
        "contact": [
            {"contact_id": name, "first_name": name, "email": f"{name}@x.com",
             "created_at": ago(100), "recorded_at": ago(100), "country_code": "AT",
             # the customer of p2 is Sven's, p8 refuses mail and has no telephone
             "owner_ref": "t:s1" if name == "p2" else None,
             "account_ref": "t:A" if name == "p3" else None,
             "has_opted_out_of_email": name == "p8"}
            for name in PEOPLE
        ],
        "account": [{"account_id": "A", "name": "A", "created_at": ago(100)}],
        "consent": [
            {"consent_id": "k", "person_ref": "email:p9@x.com", "purpose": "service",
             "status": "denied", "captured_at": ago(50), "recorded_at": ago(50)},
        ],
        "opportunity": [
            deal(1, "p4", "Proposal", 3),
            deal(2, "p5", "Proposal", 30, close_date=date(2026, 6, 20)),
            deal(3, "p6", "Something else", 30),
            deal(4, "p7", "Closed Won", 30, closed_at=ago(2)),
            deal(5, "p8", "Proposal", 30),
            deal(6, "p4", "Proposal", 30, is_deleted=True),
            # nobody is named: who works there speaks for both, and of the last one we wrote to p9
            deal(7, "", "Something else", 30, primary_contact_ref=None, account_ref="t:A"),
            deal(8, "", "Something else", 30, primary_contact_ref=None, account_ref="t:A"),
        ],
        "interaction": [
            talk(1, "p4", "outbound", 2),
            talk(2, "p6", "outbound", 20),
            talk(3, "p7", "inbound", 3),
            talk(4, "p5", "inbound", 4),
            talk(5, "p5", "outbound", 3.5),
            # who wants no more messages waits for no answer
            talk(11, "p5", "inbound", 3, interaction_type="opt_out"),
            talk(6, "p9", "inbound", 3),
            talk(7, "p10", "inbound", 40),
            talk(9, "p3", "outbound", 16),
            talk(10, "p9", "outbound", 15, opportunity_ref="t:o8"),
            talk(8, "p11", "outbound", -1.5, channel="in_person", interaction_type="meeting"),
        ],
        "invoice": [
            {"invoice_id": "i1", "customer_ref": "email:p10@x.com", "amount": Decimal(9),
             "currency": "EUR", "issued_at": ago(60), "due_date": ago(40).date(),
             "status": "open"},
        ],
        "ticket": [
            {"ticket_id": "T", "requester_ref": "email:p11@x.com", "status": "pending",
             "created_at": ago(9), "recorded_at": ago(9), "assignee_ref": "t:h1"},
        ],
    }  # fmt: skip
