"""A marketing department written out: leads, campaigns, e-mails, carts, orders; and helpers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

AS_OF = datetime.fromisoformat("2026-07-01")
MONEY = Decimal("0.0001")
ORGANIZATIONS = ["c_org", "c_org2"]
SELECTION = ("--select", "+path:dbt_project/models/marts/marketing")
SLACK = timedelta(minutes=15)

PEOPLE = {
    f"c_p{i}": [f"user_id:shop:{i}", f"lead:t:l{i}", f"contact:t:k{i}", f"email:p{i}@x.com"]
    for i in range(12)
}
CUSTOMERS = {**PEOPLE, "c_org": ["account:t:A"], "c_org2": ["account:t:B"]}
SEGMENT = {who: "Loyal" if place < 7 else "New" for place, who in enumerate(CUSTOMERS)}


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02} {hour:02}:{minute:02}:00")


def lead(i: int, created_at: datetime, source: str | None, **more: Any) -> dict[str, Any]:
    return {"lead_id": f"l{i}", "created_at": created_at, "lead_source": source} | more


def won(i: int, amount: str, closed_at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "opportunity_id": f"o{i}", "stage_name": "Closed Won", "created_at": at(1, 5),
        "closed_at": closed_at, "amount": Decimal(amount), "currency": "EUR",
    } | more  # fmt: skip


def order(i: int, person: int, placed_at: datetime, revenue: str, **more: Any) -> dict[str, Any]:
    return {
        "order_id": f"{i}", "customer_ref": f"user_id:shop:{person}", "placed_at": placed_at,
        "revenue": Decimal(revenue), "total": Decimal(revenue), "currency": "EUR",
        "status": "completed",
    } | more  # fmt: skip


def mail(i: int, campaign: str | None, person: int, event: str, **more: Any) -> dict[str, Any]:
    return {
        "email_event_id": str(i), "campaign_ref": campaign, "event_type": event,
        "recipient_ref": f"email:p{person}@x.com", "event_at": at(2, 1) + timedelta(minutes=i),
        "email_id": "m",
    } | more  # fmt: skip


def segments() -> list[dict[str, Any]]:
    """Rows of crm.customer_segments: today's, and one of a month ago that no longer counts."""
    today = [
        {"customer_id": who, "as_of": AS_OF, "segment_name": name} for who, name in SEGMENT.items()
    ]
    return [*today, {"customer_id": "c_p0", "as_of": at(6, 1), "segment_name": "Lost"}]


def member(
    i: int, campaign: str, kind: str, who: str, when: datetime, **more: Any
) -> dict[str, Any]:
    return {
        "campaign_member_id": str(i), "campaign_ref": f"t:{campaign}", kind: who, "added_at": when,
    } | more  # fmt: skip


def consent(i: int, person: int, status: str, when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "consent_id": str(i), "person_ref": f"user_id:shop:{person}", "purpose": "marketing",
        "channel": "email", "status": status, "captured_at": when, "consent_source": "form",
    } | more  # fmt: skip


def cart(i: int, cart_id: str, person: int | None, event: str, when: datetime,
         product: str | None = "p1", **more: Any) -> dict[str, Any]:  # fmt: skip
    return {
        "cart_event_id": str(i), "cart_id": cart_id, "event_type": event, "event_at": when,
        "customer_ref": None if person is None else f"user_id:shop:{person}",
        "product_ref": product and f"t:{product}",
    } | more  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    mails = [mail(i, "t:ads", i % 5, "sent", email_id=f"m{i // 5}") for i in range(10)]
    mails += [
        mail(10, "t:ads", 0, "open", email_id="m0"),
        mail(11, "t:ads", 0, "open", email_id="m0"),
        mail(12, "t:ads", 0, "click", email_id="m0"),
        mail(13, "t:ads", 1, "bounce", email_id="m0", bounce_category="soft"),
        mail(14, "t:ads", 1, "bounce", email_id="m0", bounce_category="hard"),
        mail(15, "t:ads", 2, "bounce", email_id="m1", bounce_category="block"),
        mail(16, "t:ads", 3, "bounce", email_id="m1"),
        mail(17, "t:ads", 4, "dropped", email_id="m1"),
        mail(18, "t:ads", 0, "spam_report", email_id="m0"),
        mail(19, "t:ads", 0, "unsubscribe", email_id="m1"),
        mail(20, "t:fair", 7, "sent"),
        mail(21, "t:fair", 8, "sent"),
        mail(22, "t:fair", 7, "delivered"),
        mail(23, "t:fair", 7, "open", email_id=None),
        mail(24, "t:free", 9, "click"),
        mail(25, None, 9, "open"),
    ]
    return {
        "fx_rate": [
            {"rate_date": date(2026, 3, 1) + timedelta(days=7 * week), "from_currency": "USD",
             "to_currency": "EUR", "rate": 0.9}
            for week in range(12)
        ],
        "account": [
            {"account_id": "A", "name": "Acme", "industry": "Steel", "billing_country": "DE"},
            {"account_id": "B", "name": "Bolt", "industry": "Glass", "billing_country": "DE"},
        ],
        "contact": [
            {"contact_id": f"k{i}", "created_at": at(1, 1), "country_code": country,
             "account_ref": "t:A" if i < 4 else None, "gender": "f" if i % 2 else "m",
             "birth_date": date(1950 + 5 * i, 12, 31) if i else None}
            for i, country in enumerate(["DE"] * 6 + ["AT"] * 3 + ["FR", None, None])
        ],
        "campaign": [
            {"campaign_id": "ads", "name": "Ads", "created_at": at(1, 1)},
            {"campaign_id": "fair", "name": "Fair", "actual_cost": Decimal("100"),
             "currency": "EUR", "created_at": at(1, 1)},
            {"campaign_id": "vip", "name": "VIP", "type": "list", "created_at": at(1, 1)},
            {"campaign_id": "empty", "name": "Empty", "type": "list", "created_at": at(1, 1)},
            {"campaign_id": "free", "name": "Nobody knows its cost", "created_at": at(1, 1)},
            {"campaign_id": "idle", "name": "No leads", "actual_cost": Decimal("55"),
             "currency": "EUR", "created_at": at(1, 1)},
        ],
        "ad_spend": [
            {"platform": "google_ads", "ad_account_id": "a", "ad_campaign_id": "x",
             "spend_date": date(2026, 3, day), "campaign_ref": "t:ads", "currency": "USD",
             "spend": Decimal("70.02")}
            for day in (2, 9, 16)
        ],
        "campaign_touch": [
            # before the lead, after it, and of a lead whose CRM names another campaign
            {"touch_id": "1", "person_ref": "lead:t:l3", "campaign_ref": "t:fair",
             "touch_type": "visit", "touched_at": at(1, 20), "cost": Decimal("1.5"),
             "currency": "EUR"},
            {"touch_id": "2", "person_ref": "lead:t:l4", "campaign_ref": "t:fair",
             "touch_type": "visit", "touched_at": at(5, 20)},
            {"touch_id": "3", "person_ref": "lead:t:l0", "campaign_ref": "t:fair",
             "touch_type": "visit", "touched_at": at(1, 2)},
        ],
        "lead": [
            lead(0, at(1, 31, 23), "Ads", campaign_ref="t:ads", qualified_at=at(2, 2),
                 converted_at=at(2, 5), converted_opportunity_ref="t:o0", industry="Wood"),
            lead(1, at(1, 3), "Ads", campaign_ref="t:ads", rating="hot", converted_at=at(2, 5),
                 converted_opportunity_ref="t:o1"),
            lead(2, at(2, 3), "Ads", campaign_ref="t:ads", status="Qualified"),
            lead(3, at(2, 3), "Fair"),
            lead(4, at(2, 3), "Fair", status="junk"),
            lead(5, at(2, 3), None, campaign_ref="t:free"),
            lead(6, at(2, 4), "Fair", campaign_ref="t:fair", converted_at=at(3, 1),
                 converted_opportunity_ref="t:o1"),
            lead(7, at(2, 5), "Fair", campaign_ref="t:fair", converted_at=at(3, 1),
                 converted_opportunity_ref="t:o2"),
            lead(8, at(2, 6), "Ads", campaign_ref="t:ads", converted_at=at(3, 1),
                 converted_opportunity_ref="t:o3"),
        ],
        "opportunity": [
            won(0, "500", at(3, 1), account_ref="t:A"),
            won(1, "300.5", at(3, 11), primary_contact_ref="t:k1"),
            won(2, "70", at(4, 1), primary_contact_ref="t:k7"),
            won(3, "9", at(4, 1), stage_name="Closed Lost"),
        ],
        "order": [
            order(1, 0, at(3, 1), "100", account_ref="t:A"),
            order(2, 2, at(4, 2), "60.25", account_ref="t:A"),
            order(3, 1, at(3, 11), "40"),
            order(4, 1, at(3, 10), "1000"),
            order(5, 7, at(4, 5), "33"),  # nobody states what it cost
            order(6, 5, at(5, 5, 10), "20"),
            order(7, 5, at(5, 7, 12), "20", status="Cancelled"),
            order(8, 6, at(5, 8), "10.5"),
            order(9, 6, at(6, 8, 1), "10"),
            order(10, 5, at(7, 2), "99"),  # after as_of
            order(11, 9, at(6, 27), "5"),
        ],
        "order_line": [
            {"order_line_id": f"{i}-1", "order_ref": f"t:{i}", "quantity": 1, "placed_at": at(3, 1),
             "unit_price": Decimal("1"), "currency": "EUR", "cogs": Decimal(cogs)}
            for i, cogs in ((1, "40"), (2, "20.25"), (3, "30"), (4, "1"))
        ],
        "product": [
            {"product_id": "p1", "list_price": Decimal("12.5"), "currency": "EUR"},
            {"product_id": "p2"},
        ],
        "cart_event": [
            # ordered an hour after; the browser's last word comes after the order
            cart(1, "a", 5, "added", at(5, 5, 9), quantity=2.0),
            cart(2, "a", 5, "added", at(5, 5, 9, 30), "p2", price=Decimal("10"), currency="USD"),
            cart(3, "a", 5, "checkout_started", at(5, 5, 10, 4), None),
            # the same visitor again, and only a cancelled order follows
            cart(4, "a", 5, "added", at(5, 6), "p2"),
            cart(5, "a", 5, "removed", at(5, 6, 1), "p2", quantity=0.5),
            # three days before an order: abandoned, then recovered
            cart(6, "b", 6, "added", at(5, 5), price=Decimal("8"), currency="EUR"),
            cart(7, "b", 6, "viewed", at(5, 5, 0, 30), None),
            # eight days later under the same id, and seven days and an hour before an order
            cart(8, "b", 6, "added", at(6, 1), price=Decimal("8"), currency="EUR"),
            cart(9, "c", None, "added", at(6, 1)),
            cart(10, "d", None, "added", at(6, 1)),
            cart(11, "d", None, "abandoned", at(6, 2), None),
            cart(12, "e", 8, "added", at(6, 1)),
            cart(13, "e", 8, "removed", at(6, 2)),
            cart(14, "f", 8, "added", at(6, 30, 12)),
            cart(15, "g", 8, "added", at(6, 28)),
            cart(16, "h", 9, "added", at(6, 26), quantity=3.0),
        ],
        "email_event": mails,
        "campaign_member": [
            member(1, "fair", "contact_ref", "t:k1", at(2, 1), status="invited"),
            member(2, "fair", "contact_ref", "t:k1", at(2, 9), status="came", has_responded=True),
            member(3, "fair", "lead_ref", "t:l2", at(2, 2), status="invited"),
            member(4, "vip", "contact_ref", "t:k1", at(3, 1)),
            member(5, "vip", "contact_ref", "t:k99", at(3, 1)),
            member(6, "nowhere", "account_ref", "t:A", at(3, 1)),
        ],
        "consent": [
            consent(1, 1, "granted", at(1, 1)),
            consent(2, 2, "granted", at(1, 1)),
            consent(3, 2, "withdrawn", at(4, 1)),
            consent(4, 3, "granted", at(1, 1), expires_at=at(5, 1)),
            consent(5, 4, "denied", at(1, 1)),
            consent(6, 5, "granted", at(1, 1), purpose="service", channel=None),
            consent(7, 1, "denied", at(7, 15)),  # after as_of
        ],
    }  # fmt: skip


def mart(con: duckdb.DuckDBPyConnection, name: str, *key: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a mart by key."""
    found = con.sql(f"select * from marts.{name}").pl().to_dicts()
    by_key = {tuple(row[column] for column in key): row for row in found}
    assert len(by_key) == len(found)
    return by_key


def staged(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    return con.sql(f"select * from staging.stg_{name}").pl().to_dicts()


def owners(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.sql("select identifier, customer_id from identity.identifier_map").fetchall())


def money(value: Decimal | int) -> Decimal:
    return Decimal(value).quantize(MONEY, ROUND_HALF_UP)


def orders_counted(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Orders that are not cancelled, with the customer and the cost of goods; all in EUR."""
    cogs: dict[str, Decimal] = {}
    for line in staged(con, "order_lines"):
        cogs[line["order_id"]] = cogs.get(line["order_id"], Decimal(0)) + line["cogs"]
    owner = owners(con)
    return [
        one | {"customer_id": owner.get(one["customer_ref"]), "cogs": cogs.get(one["order_id"])}
        for one in staged(con, "orders")
        if one["status"] != "Cancelled"
    ]
