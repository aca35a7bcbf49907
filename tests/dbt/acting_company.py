"""A company that has something to do: the rows that the tables of ``crm`` are made of."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

AS_OF = datetime.fromisoformat("2026-07-01")

PEOPLE = ("ada", "bob", "cid", "dan", "eve")
CUSTOMERS = {
    **{f"c_{name}": [f"email:{name}@x.com", f"contact:t:{name}", f"user_id:shop:{name}",
                     f"lead:t:{name}"]
       for name in PEOPLE},
    "c_org": ["account:t:A"],
}  # fmt: skip


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02} {hour:02}:{minute:02}:00")


def mail(i: int, name: str, agent: str | None, when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "interaction_id": f"m{i}", "conversation_ref": f"t:c{i}", "channel": "email",
        "direction": "outbound", "interaction_type": "message", "agent_ref": agent,
        "customer_ref": f"email:{name}@x.com", "started_at": when,
    } | more  # fmt: skip


def interactions() -> list[dict[str, Any]]:
    crowded = [mail(i, "ada", f"t:g{i % 3 + 1}", AS_OF - timedelta(days=2 + i)) for i in range(3)]
    often = [mail(10 + i, "bob", "t:g1", AS_OF - timedelta(hours=20 + 24 * i)) for i in range(7)]
    long_ago = [mail(20 + i, "cid", "t:g1", at(3, 1, i)) for i in range(6)]
    others = [
        mail(30, "dan", None, at(6, 29), is_automated=True),
        mail(31, "dan", "t:g1", at(6, 29, 1), interaction_type="note", subject="Agreed 5 %"),
        mail(32, "dan", "t:g1", at(6, 29, 2), direction="inbound"),
        mail(33, "dan", "t:g1", at(6, 29, 3), is_bot=True),
        mail(34, "dan", "t:g2", at(7, 2)),
        mail(35, "nobody", "t:g2", at(6, 30)),
    ]
    return [*crowded, *often, *long_ago, *others]


def campaign_emails() -> list[dict[str, Any]]:
    sent = [
        {
            "email_event_id": f"e{i}", "email_id": f"news{i}", "campaign_ref": "t:news",
            "recipient_ref": "email:dan@x.com", "event_type": kind,
            "event_at": AS_OF - timedelta(days=1 + i, minutes=j),
        }
        for i in range(4) for j, kind in enumerate(("delivered", "sent"))
    ]  # fmt: skip
    return [{**event, "email_event_id": f"{i}"} for i, event in enumerate(sent)]


def invoices() -> list[dict[str, Any]]:
    def invoice(i: int, amount: str, due: date | None, **more: Any) -> dict[str, Any]:
        return {
            "invoice_id": f"i{i}", "customer_ref": "user_id:shop:ada", "amount": Decimal(amount),
            "currency": "EUR", "issued_at": at(4, 1), "due_date": due, "status": "open",
        } | more  # fmt: skip

    return [
        invoice(1, "100", date(2026, 6, 20)),
        invoice(2, "200", date(2026, 5, 15), currency="USD"),
        invoice(3, "300", date(2026, 4, 20), status="paid", paid_at=at(4, 18)),
        invoice(4, "40", date(2026, 3, 1), status="void"),
        invoice(5, "50.5", date(2026, 3, 1), issued_at=at(2, 1)),
        invoice(6, "60", date(2026, 7, 20)),
        invoice(7, "70", None, customer_ref=None, order_ref="t:1"),
        invoice(8, "80", date(2026, 4, 25), customer_ref="user_id:shop:bob"),
        invoice(9, "90", date(2026, 4, 20), currency="CHF"),
        invoice(10, "-15", date(2026, 4, 20)),
    ]


def payments() -> list[dict[str, Any]]:
    def payment(i: int, amount: str, invoice: str | None, **more: Any) -> dict[str, Any]:
        return {
            "payment_id": f"p{i}", "amount": Decimal(amount), "currency": "EUR",
            "invoice_ref": invoice, "paid_at": at(5, 1), "status": "succeeded",
        } | more  # fmt: skip

    return [
        payment(1, "30", "t:i1"),
        payment(2, "20", "t:i1", status="failed"),
        payment(3, "-5", "t:i1", status="refunded"),
        payment(4, "200", "t:i2"),
        payment(5, "80", "t:i8"),
        payment(6, "25", None, order_ref="t:1"),
        payment(7, "25", None, order_ref="t:2"),
        payment(8, "50.5", "t:i5", paid_at=at(7, 2)),
    ]


def orders() -> list[dict[str, Any]]:
    bought = [
        ("1", "bob", at(3, 30), 70), ("2", "cid", at(1, 2), 40), ("3", "cid", at(4, 10), 20),
        ("4", "ada", at(5, 20), 100), ("5", "ada", at(6, 20), 60),
    ]  # fmt: skip
    return [
        {"order_id": order_id, "customer_ref": f"user_id:shop:{name}", "placed_at": placed_at,
         "currency": "EUR", "total": Decimal(value), "revenue": Decimal(value),
         "status": "completed"}
        for order_id, name, placed_at, value in bought
    ]  # fmt: skip


def campaign_touches() -> list[dict[str, Any]]:
    """Offers that were accepted or not, made before the first order, and made too lately."""
    made = [
        ("cid", "nl1", at(4, 1)), ("bob", "nl1", at(5, 1)), ("ada", "nl1", at(5, 10)),
        ("ada", "nl2", at(5, 25)), ("ada", "nl3", at(6, 10)), ("ada", "nl2", at(5, 26)),
    ]  # fmt: skip
    return [
        {"touch_id": str(i), "person_ref": f"email:{name}@x.com", "campaign_ref": f"t:{campaign}",
         "touch_type": "click", "touched_at": touched_at}
        for i, (name, campaign, touched_at) in enumerate(made)
    ]  # fmt: skip


def deals() -> list[dict[str, Any]]:
    common = {"created_at": at(5, 1), "currency": "EUR", "account_ref": "t:A",
              "owner_ref": "t:g1", "stage_name": "Proposal"}  # fmt: skip
    return [
        {**common, "opportunity_id": "d1", "name": "Lamps", "amount": Decimal(500),
         "primary_contact_ref": "t:ada", "close_date": date(2026, 8, 1)},
        {**common, "opportunity_id": "d2", "name": "Cables", "primary_contact_ref": "t:dan"},
        {**common, "opportunity_id": "d3", "name": "Sensors", "amount": Decimal(9),
         "stage_name": "Discovery"},
        {**common, "opportunity_id": "d4", "name": "Old", "amount": Decimal(9),
         "created_at": at(1, 1) - timedelta(days=400)},
    ]  # fmt: skip


def web_events() -> list[dict[str, Any]]:
    def event(i: int, name: str | None, when: datetime, **more: Any) -> dict[str, Any]:
        return {
            "event_id": f"w{i}", "event_type": "track", "event_name": name, "event_at": when,
            "anonymous_id": "anonymous_id:w:1", "path": "/form",
        } | more  # fmt: skip

    return [
        event(1, "Signed Up", at(6, 1, 10), user_id="user_id:shop:ada"),
        event(2, "Demo Requested", at(6, 2, 10), email="bob@x.com"),
        event(3, "Demo Requested", at(6, 3, 10)),
        event(4, "Product Viewed", at(6, 3, 11)),
        event(5, "Signed Up", at(6, 3, 12), is_bot=True),
        event(6, None, at(6, 3, 12), event_type="page"),
    ]


def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "agent": [
            {"agent_id": f"g{i}", "name": f"Gil {i}", "role": "sales", "region": region}
            for i, region in enumerate(("DACH", "DACH", "UK"), start=1)
        ],
        "account": [{"account_id": "A", "name": "Acme", "owner_ref": "t:g1"}],
        "contact": [
            {"contact_id": name, "first_name": name.title(), "email": f"{name}@x.com",
             "owner_ref": "t:g1", "account_ref": "t:A", "created_at": at(1, 1),
             "title": {"ada": "CTO", "dan": "Sales Manager"}.get(name)}
            for name in PEOPLE
        ],
        "fx_rate": [
            {"rate_date": date(2026, 4, 1), "from_currency": "USD", "to_currency": "EUR",
             "rate": 0.9},
        ],
        "order": orders(),
        "order_line": [
            {"order_line_id": "5-1", "order_ref": "t:5", "sku": "P", "product_name": "Lamp",
             "quantity": 2, "unit_price": Decimal(30), "placed_at": at(6, 20)},
        ],
        "campaign": [
            {"campaign_id": "news", "name": "News", "type": "email"},
            *({"campaign_id": f"nl{i}", "name": f"Newsletter {i}", "type": "email"}
              for i in (1, 2, 3)),
        ],
        "campaign_touch": campaign_touches(),
        "consent": [
            {"consent_id": name, "person_ref": f"email:{name}@x.com", "purpose": "marketing",
             "channel": "email", "status": status, "captured_at": at(1, 1)}
            for name, status in (("ada", "granted"), ("dan", "granted"), ("cid", "denied"))
        ],
        "lead": [{"lead_id": "ada", "email": "ada@x.com", "created_at": at(6, 1, 10, 10)}],
        "opportunity": deals(),
        "web_event": web_events(),
        "attachment": [
            {"attachment_id": f"m10-{i}", "interaction_ref": "t:m10", "file_name": name,
             "mime_type": "Application/PDF", "size_bytes": 10, "sha256": sha}
            for i, (name, sha) in enumerate((("Offer.PDF", "s1"), ("copy.pdf", "s1"),
                                             ("no extension", None)))
        ],
        "interaction": interactions(),
        "email_event": campaign_emails(),
        "invoice": invoices(),
        "payment": payments(),
    }  # fmt: skip
