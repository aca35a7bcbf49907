"""Marketing performance marts beside a second implementation that reads raw and staging only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

pytestmark = pytest.mark.pipeline

AS_OF = datetime.fromisoformat("2026-07-01")
MONEY = Decimal("0.0001")
SELECTION = ("--select", "+path:dbt_project/models/marts/marketing/performance")
SECONDS_A_MONTH = 2629800
SLACK = timedelta(minutes=15)

PEOPLE = {f"c_p{i}": [f"user_id:shop:{i}", f"lead:t:l{i}", f"contact:t:k{i}"] for i in range(12)}
CUSTOMERS = {**PEOPLE, "c_org": ["account:t:A"], "c_org2": ["account:t:B"]}


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
             "account_ref": "t:A" if i < 4 else None}
            for i, country in enumerate(["DE"] * 6 + ["AT"] * 3 + ["FR", None, None])
        ],
        "campaign": [
            {"campaign_id": "ads", "name": "Ads", "created_at": at(1, 1)},
            {"campaign_id": "fair", "name": "Fair", "actual_cost": Decimal("100"),
             "currency": "EUR", "created_at": at(1, 1)},
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
            lead(1, at(1, 3), "Ads", campaign_ref="t:ads", converted_at=at(2, 5),
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
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(
        rows(), CUSTOMERS, organizations=["c_org", "c_org2"], selection=SELECTION
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


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


def source_to_sale_again(con: duckdb.DuckDBPyConnection) -> dict[Any, dict[str, Any]]:
    owner, touches = owners(con), staged(con, "campaign_touches")
    stages = {one["opportunity_id"]: one for one in staged(con, "opportunities")}
    costs: dict[str, list[Decimal]] = {}
    for spent in staged(con, "ad_spend"):
        costs.setdefault(spent["campaign_id"], []).append(money(spent["spend"] * Decimal("0.9")))
    for one in staged(con, "campaigns"):
        if one["actual_cost"] is not None:
            costs.setdefault(one["campaign_id"], []).append(one["actual_cost"])
    for one in touches:
        if one["cost"] is not None:
            costs.setdefault(one["campaign_id"], []).append(one["cost"])

    leads = sorted(staged(con, "leads"), key=lambda one: (one["created_at"], one["lead_id"]))
    for one in leads:
        before = sorted(
            (touch["touched_at"], touch["campaign_touch_id"], touch["campaign_id"])
            for touch in touches
            if owner[touch["person_ref"]] == owner["lead:" + one["lead_id"]]
            and touch["touched_at"] <= one["created_at"]
        )
        one["campaign"] = one["campaign_id"] or (before[0][2] if before else None)
        one["cell"] = (one["created_at"].date().replace(day=1), one["lead_source"] or "unknown")

    cells: dict[Any, dict[str, Any]] = {}
    for one in leads:
        cell = cells.setdefault(one["cell"], {"leads": [], "spend": None, "won": []})
        cell["leads"].append(one)
        deal = stages.pop(one["converted_opportunity_id"], None)
        if deal is not None and deal["stage_name"] == "Closed Won":
            cell["won"].append((deal, one["campaign"] in costs))
    for campaign, parts in costs.items():
        its_cells = sorted(one["cell"] for one in leads if one["campaign"] == campaign)
        for place, key in enumerate(its_cells):
            # one lead's share; the running total is rounded where the cell ends
            if place + 1 < len(its_cells) and its_cells[place + 1] == key:
                continue
            until = money(sum(parts, Decimal(0)) * (place + 1) / len(its_cells))
            begin = money(sum(parts, Decimal(0)) * its_cells.index(key) / len(its_cells))
            cells[key]["spend"] = (cells[key]["spend"] or Decimal(0)) + until - begin

    accounts = {f"t:{one}": f"c_{org}" for one, org in (("A", "org"), ("B", "org2"))}
    again = {}
    for key, cell in cells.items():
        costed = sum(one["campaign"] in costs for one in cell["leads"])
        won_at: dict[str, datetime] = {}
        for deal, is_costed in cell["won"]:
            contact = f"contact:{deal['primary_contact_id']}"
            if is_costed:
                buyer = accounts.get(deal["account_id"]) or owner[contact]
                won_at[buyer] = min(deal["closed_at"], won_at.get(buyer, deal["closed_at"]))
        margins: list[tuple[Decimal, int]] = []
        for buyer, since in won_at.items():
            bought = [
                None if one["cogs"] is None else one["revenue"] - one["cogs"]
                for one in orders_counted(con)
                if (accounts.get(one["account_id"]) or one["customer_id"]) == buyer
                and since.replace(hour=0, minute=0) <= one["placed_at"] < AS_OF
            ]
            known = [margin for margin in bought if margin is not None]
            if known and len(known) == len(bought):
                margins.append((sum(known, Decimal(0)), int((AS_OF - since).total_seconds())))
        spend, customers = cell["spend"], len(won_at)
        cac = money(spend / customers) if spend is not None and customers else None
        seconds = sum(one for _, one in margins)
        monthly = (
            money(sum((one for one, _ in margins), Decimal(0)) * SECONDS_A_MONTH / seconds)
            if margins
            else None
        )
        again[key] = {
            "lead_source": key[1],
            "lead_count": len(cell["leads"]),
            "mql_count": sum(
                one["converted_at"] is not None or one["qualified_at"] is not None
                or one["status"] == "Qualified" for one in cell["leads"]
            ),
            "converted_count": sum(one["converted_at"] is not None for one in cell["leads"]),
            "won_opportunity_count": len(cell["won"]),
            "won_revenue_base": sum((deal["amount"] for deal, _ in cell["won"]), Decimal(0)),
            "campaign_lead_count": sum(one["campaign"] is not None for one in cell["leads"]),
            "costed_lead_count": costed,
            "costed_customer_count": customers,
            "spend_base": spend,
            "cost_per_lead_base": money(spend / costed) if costed else None,
            "cac_base": cac,
            "margin_customer_count": len(margins),
            "monthly_margin_base": monthly,
            "payback_months": float(cac) / float(monthly) if cac and monthly else None,
            "cohort_month": key[0],
        }  # fmt: skip
    return again


def test_source_to_sale_is_what_the_leads_the_deals_and_the_bills_say(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = mart(warehouse, "source_to_sale", "cohort_month", "lead_source")
    assert found == source_to_sale_again(warehouse)
    january = found[date(2026, 1, 1), "Ads"]
    # 189.054 over four leads; 500 and 300.5; margins 60 + 40 and 10
    assert january["spend_base"] == money(Decimal("94.527"))
    assert january["margin_customer_count"] == 2
    assert january["payback_months"] is not None


def test_campaign_costs_are_spread_to_the_last_digit_and_unknown_ones_are_not_invented(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = mart(warehouse, "source_to_sale", "cohort_month", "lead_source")
    # 55 of the campaign without leads is nobody's
    assert sum(row["spend_base"] or 0 for row in found.values()) == Decimal("290.554")
    unknown = found[date(2026, 2, 1), "unknown"]
    assert (unknown["campaign_lead_count"], unknown["spend_base"]) == (1, None)
    assert unknown["cost_per_lead_base"] is None


def test_email_performance_counts_each_email_once(warehouse: duckdb.DuckDBPyConnection) -> None:
    events = pl.DataFrame(staged(warehouse, "email_events"), infer_schema_length=None)
    gravity = pl.col("bounce_category").replace_strict(
        {"soft": 1, "block": 2, "hard": 3}, default=0, return_dtype=pl.Int64
    )
    emails = (
        events.filter(pl.col("campaign_id").is_not_null())
        .group_by("campaign_id", "email_id", "recipient_ref")
        .agg(pl.col("event_type"), bounce=gravity.filter(pl.col("event_type") == "bounce").max())
    )

    def emails_with(*kinds: str) -> pl.Expr:
        return pl.any_horizontal(pl.col("event_type").list.contains(kind) for kind in kinds)

    def events_of(kind: str) -> pl.Expr:
        return pl.col("event_type").list.count_matches(kind).sum()

    again = emails.group_by("campaign_id").agg(
        sent=emails_with("sent").sum(),
        reported=emails_with("delivered").sum(),
        stayed=(emails_with("sent") & ~emails_with("bounce", "dropped")).sum(),
        open_count=events_of("open"),
        unique_open_count=emails_with("open").sum(),
        click_count=events_of("click"),
        unique_click_count=emails_with("click").sum(),
        bounce_count=emails_with("bounce").sum(),
        hard_bounce_count=(pl.col("bounce") == 3).sum(),
        soft_bounce_count=(pl.col("bounce") == 1).sum(),
        block_bounce_count=(pl.col("bounce") == 2).sum(),
        unclassified_bounce_count=(pl.col("bounce") == 0).sum(),
        spam_report_count=emails_with("spam_report").sum(),
        unsubscribe_count=emails_with("unsubscribe").sum(),
    )
    names = {one["campaign_id"]: one["name"] for one in staged(warehouse, "campaigns")}
    found = mart(warehouse, "email_performance", "campaign_id")
    assert len(found) == again.height == 3
    for row in again.to_dicts():
        sent, reported, stayed = row.pop("sent"), row.pop("reported"), row.pop("stayed")
        delivered = reported or (stayed if sent else None)

        def over(part: int | None, whole: int | None) -> float | None:
            return part / whole if whole and part is not None else None

        assert found[(row["campaign_id"],)] == row | {
            "campaign_name": names[row["campaign_id"]],
            "sent_count": sent,
            "delivered_count": delivered,
            "is_delivery_reported": reported > 0,
            "delivery_rate": over(delivered, sent),
            "bounce_rate": over(row["bounce_count"], sent),
            "open_rate": over(row["unique_open_count"], delivered),
            "click_rate": over(row["unique_click_count"], delivered),
            "click_to_open_rate": over(row["unique_click_count"], row["unique_open_count"]),
            "complaint_rate": over(row["spam_report_count"], delivered),
            "unsubscribe_rate": over(row["unsubscribe_count"], delivered),
        }
    ads = found["t:ads",]
    assert (ads["sent_count"], ads["delivered_count"], ads["bounce_count"]) == (10, 6, 3)


def carts_again(con: duckdb.DuckDBPyConnection) -> dict[Any, dict[str, Any]]:
    owner, counted = owners(con), orders_counted(con)
    prices = {
        one["product_id"]: one["list_price"] for one in staged(con, "products") if one["list_price"]
    }
    events = sorted(staged(con, "cart_events"), key=lambda one: (one["event_at"], one["source"]))
    carts: dict[Any, list[dict[str, Any]]] = {}
    numbers: dict[str, int] = {}
    for event in events:
        cart_id = event["cart_id"]
        customer = owner.get(event["customer_ref"] or "")
        before = carts.get((cart_id, numbers.get(cart_id)), [])
        is_next = not before or event["event_at"] - before[-1]["event_at"] > timedelta(days=7)
        for one in counted if before else ():
            closes_at = one["placed_at"] + SLACK
            if one["customer_id"] == customer and customer:
                is_next |= before[-1]["event_at"] <= closes_at < event["event_at"]
        if is_next:
            numbers[cart_id] = numbers.get(cart_id, 0) + 1
        carts.setdefault((cart_id, numbers[cart_id]), []).append(event)

    again = {}
    for key, its_events in carts.items():
        customer, last = owner.get(its_events[0]["customer_ref"] or ""), its_events[-1]["event_at"]
        units: dict[str, Decimal] = {}
        price: dict[str, Decimal | None] = {}
        for event in its_events:
            product = event["product_id"]
            quantity = Decimal(1 if event["quantity"] is None else event["quantity"])
            if event["event_type"] in ("added", "removed"):
                sign = 1 if event["event_type"] == "added" else -1
                units[product] = units.get(product, Decimal(0)) + sign * quantity
            if event["event_type"] == "added":
                rate = {"USD": Decimal("0.9")}.get(event["currency"], Decimal(1))
                price[product] = prices.get(product) if event["price"] is None else (
                    event["price"] * rate
                )  # fmt: skip
        held = {product: count for product, count in units.items() if count > 0}
        stated = [(count, price[product]) for product, count in held.items()]
        values = [count * one for count, one in stated if one is not None]
        later = sorted(
            (one["placed_at"], one["order_id"])
            for one in counted
            if customer and one["customer_id"] == customer and one["placed_at"] + SLACK >= last
            and one["placed_at"] - last <= timedelta(days=7)
        )  # fmt: skip
        day, week = timedelta(days=1), timedelta(days=7)
        within = {
            span: True if later and later[0][0] - last <= span
            else False if customer and last + span <= AS_OF else None
            for span in (day, week)
        }  # fmt: skip
        reported = any(event["event_type"] == "abandoned" for event in its_events)
        is_abandoned: bool | None = None
        if within[day] or (units and not held):
            is_abandoned = False
        elif reported or within[day] is False:
            is_abandoned = True
        again[key] = {
            "cart_id": key[0],
            "cart_number": key[1],
            "customer_id": customer,
            "order_id": later[0][1] if later else None,
            "event_count": len(its_events),
            "product_count": len(held),
            "item_count": float(sum(held.values())),
            "unpriced_product_count": len(held) - len(values),
            "value_base": sum(values, Decimal(0)) if values else None,
            "has_checkout_started": any(
                event["event_type"] == "checkout_started" for event in its_events
            ),
            "is_ordered_within_24h": within[day],
            "is_ordered_within_7d": within[week],
            "is_abandoned": is_abandoned,
            "is_recovered": within[week] if is_abandoned else None,
            "opened_at": its_events[0]["event_at"],
            "last_event_at": last,
            "ordered_at": later[0][0] if later else None,
        }
    return again


def test_carts_are_ordered_abandoned_or_recovered_as_their_events_and_orders_say(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = mart(warehouse, "cart_abandonment", "cart_id", "cart_number")
    assert found == carts_again(warehouse)
    verdicts = {
        key: (row["order_id"], row["is_abandoned"], row["is_recovered"])
        for key, row in found.items()
    }
    assert verdicts == {
        ("a", 1): ("t:6", False, None),
        ("a", 2): (None, True, False),
        ("b", 1): ("t:8", True, True),
        ("b", 2): (None, True, False),
        ("c", 1): (None, None, None),
        ("d", 1): (None, True, None),
        ("e", 1): (None, False, None),
        ("f", 1): (None, None, None),
        ("g", 1): (None, True, None),
        ("h", 1): ("t:11", False, None),
    }
    # two at list price and one for ten dollars; half of a product of unknown price
    assert found["a", 1]["value_base"] == Decimal("34")
    assert (found["a", 2]["item_count"], found["a", 2]["value_base"]) == (0.5, None)


def test_cohorts_hold_every_order_and_every_month_up_to_as_of(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    bought = [one for one in orders_counted(warehouse) if one["placed_at"] < AS_OF]
    for one in bought:
        one["month"] = one["placed_at"].month
    first = {
        who: min(one["month"] for one in bought if one["customer_id"] == who)
        for who in {one["customer_id"] for one in bought}
    }
    again = {}
    for cohort in set(first.values()):
        members = {who for who, month in first.items() if month == cohort}
        revenue = {
            month: [
                one for one in bought if one["customer_id"] in members and one["month"] == month
            ]
            for month in range(cohort, 7)
        }
        base = float(sum(one["revenue"] for one in revenue[cohort]))
        for month, its_orders in revenue.items():
            came_back = {one["customer_id"] for one in its_orders}
            total = sum((one["revenue"] for one in its_orders), Decimal(0))
            again[date(2026, cohort, 1), month - cohort] = {
                "cohort_month": date(2026, cohort, 1),
                "months_since": month - cohort,
                "activity_month": date(2026, month, 1),
                "is_month_over": True,
                "customer_count": len(members),
                "retained_customer_count": len(came_back),
                "order_count": len(its_orders),
                "revenue_base": total,
                "retained_share": len(came_back) / len(members),
                "revenue_share": float(total) / base,
            }
    found = mart(warehouse, "retention_cohorts", "cohort_month", "months_since")
    assert found == again
    assert sum(row["revenue_base"] for row in found.values()) == sum(
        one["revenue"] for one in bought
    )


def test_fewer_than_five_customers_are_never_shown_alone(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    bought = orders_counted(warehouse)
    contacts = {one["contact_id"]: one for one in staged(warehouse, "contacts")}
    industries = {one["account_id"]: one["industry"] for one in staged(warehouse, "accounts")}
    people: list[dict[str, Any]] = []
    for who in CUSTOMERS:
        number = who.removeprefix("c_p")
        known = contacts.get(f"t:k{number}", {})
        industry = industries.get(known.get("account_id")) or ("Wood" if number == "0" else None)
        if who in ("c_org", "c_org2"):
            industry = industries["t:A" if who == "c_org" else "t:B"]
        orders = [one for one in bought if one["customer_id"] == who]
        people.append(
            {
                "country": "DE" if "org" in who else known["country_code"] or "unknown",
                "industry": industry or "unknown",
                "customer_type": "organization" if "org" in who else "person",
                "segment": "unknown",
                "orders": len(orders),
                "revenue": sum((one["revenue"] for one in orders), Decimal(0)),
            }
        )
    revenue = sum(one["revenue"] for one in people)
    again = {}
    for dimension in ("country", "industry", "customer_type", "segment"):
        groups: dict[str, list[dict[str, Any]]] = {}
        for one in people:
            groups.setdefault(one[dimension], []).append(one)
        by_size = sorted(groups, key=lambda value: (len(groups[value]), value))
        hidden = [value for value in by_size if len(groups[value]) < 5]
        if 0 < sum(len(groups[value]) for value in hidden) < 5:
            hidden = by_size[: len(hidden) + 1]
        shown = {value: groups[value] for value in groups if value not in hidden}
        if hidden:
            shown["other"] = [one for value in hidden for one in groups[value]]
        for value, members in shown.items():
            total = sum(one["revenue"] for one in members)
            again[dimension, value] = {
                "dimension": dimension,
                "value": value,
                "merged_value_count": len(hidden) if value == "other" else 0,
                "customer_count": len(members),
                "order_count": sum(one["orders"] for one in members),
                "revenue_base": total,
                "customer_share": len(members) / len(people),
                "revenue_share": float(total) / float(revenue),
            }
    found = mart(warehouse, "audience_demographics", "dimension", "value")
    assert found == again
    assert min(row["customer_count"] for row in found.values()) >= 5
    # two organizations alone would be told by the total: the persons join them
    assert [value for dimension, value in found if dimension == "customer_type"] == ["other"]
    assert {value for dimension, value in found if dimension == "country"} == {"DE", "other"}
