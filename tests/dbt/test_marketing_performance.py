"""Marketing performance marts beside a second implementation that reads raw and staging only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
from small_marketing_company import (
    AS_OF,
    SLACK,
    mart,
    orders_counted,
    owners,
    staged,
)

pytestmark = pytest.mark.pipeline


def test_email_performance_counts_each_email_once(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    events = pl.DataFrame(staged(marketing_warehouse, "email_events"), infer_schema_length=None)
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
    names = {one["campaign_id"]: one["name"] for one in staged(marketing_warehouse, "campaigns")}
    found = mart(marketing_warehouse, "email_performance", "campaign_id")
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


def test_deliverability_counts_the_emails_of_every_domain(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    events = staged(marketing_warehouse, "email_events")
    emails: dict[Any, list[dict[str, Any]]] = {}
    for event in events:
        key = (event["campaign_id"], event["email_id"], event["recipient_ref"])
        emails.setdefault(key, []).append(event)
    found = mart(marketing_warehouse, "email_deliverability", "period_start", "recipient_domain")
    assert list(found) == [(date(2026, 2, 1), "x.com")]
    row = found[date(2026, 2, 1), "x.com"]

    def those_with(*kinds: str) -> set[Any]:
        return {key for key, its in emails.items() if {one["event_type"] for one in its} & {*kinds}}

    reporting = {one["campaign_id"] for one in events if one["event_type"] == "delivered"}
    delivered = those_with("delivered") | {
        key
        for key in those_with("sent") - those_with("bounce", "dropped")
        if key[0] not in reporting
    }
    assert row["email_count"] == len(emails)
    assert row["recipient_count"] == len({key[2] for key in emails})
    for column, keys in {
        "sent_count": those_with("sent"),
        "delivered_count": delivered,
        "dropped_count": those_with("dropped"),
        "bounce_count": those_with("bounce"),
        "unique_open_count": those_with("open"),
        "unique_click_count": those_with("click"),
        "spam_report_count": those_with("spam_report"),
        "unsubscribe_count": those_with("unsubscribe"),
    }.items():
        assert row[column] == len(keys), column
    assert (row["hard_bounce_count"], row["block_bounce_count"]) == (1, 1)
    assert row["complaint_rate"] == row["spam_report_count"] / row["delivered_count"]


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
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = mart(marketing_warehouse, "cart_abandonment", "cart_id", "cart_number")
    assert found == carts_again(marketing_warehouse)
    verdicts = {
        key: (row["order_id"], row["is_abandoned"], row["is_recovered"])
        for key, row in found.items()
    }
    assert verdicts == {
        ("t:a", 1): ("t:6", False, None),
        ("t:a", 2): (None, True, False),
        ("t:b", 1): ("t:8", True, True),
        ("t:b", 2): (None, True, False),
        ("t:c", 1): (None, None, None),
        ("t:d", 1): (None, True, None),
        ("t:e", 1): (None, False, None),
        ("t:f", 1): (None, None, None),
        ("t:g", 1): (None, True, None),
        ("t:h", 1): ("t:11", False, None),
    }
    # two at list price and one for ten dollars; half of a product of unknown price
    assert found["t:a", 1]["value_base"] == Decimal("34")
    assert (found["t:a", 2]["item_count"], found["t:a", 2]["value_base"]) == (0.5, None)


def test_cohorts_hold_every_order_and_every_month_up_to_as_of(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    bought = [one for one in orders_counted(marketing_warehouse) if one["placed_at"] < AS_OF]
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
    found = mart(marketing_warehouse, "retention_cohorts", "cohort_month", "months_since")
    assert found == again
    assert sum(row["revenue_base"] for row in found.values()) == sum(
        one["revenue"] for one in bought
    )
