"""Who the customers are and who responds, counted again; nobody is shown alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest
from small_marketing_company import (
    AS_OF,
    CUSTOMERS,
    SEGMENT,
    mart,
    orders_counted,
    owners,
    staged,
)

pytestmark = pytest.mark.pipeline

Person = dict[str, Any]
DIMENSIONS = ("country", "locale", "industry", "customer_type", "gender", "age_band", "income_band")


def people_again(con: duckdb.DuckDBPyConnection) -> list[Person]:
    bought, owner = orders_counted(con), owners(con)
    contacts = {one["contact_id"]: one for one in staged(con, "contacts")}
    industries = {one["account_id"]: one["industry"] for one in staged(con, "accounts")}
    mailed = {
        owner[one["recipient_ref"]] for one in staged(con, "email_events") if one["campaign_id"]
    }
    clicked = {
        owner[one["recipient_ref"]]
        for one in staged(con, "email_events")
        if one["campaign_id"] and one["event_type"] in ("click", "reply")
    }
    members = [
        (
            owner.get(f"contact:{one['contact_id']}")
            or owner.get(f"lead:{one['lead_id']}")
            or owner.get(f"account:{one['account_id']}"),
            one["has_responded"],
        )
        for one in staged(con, "campaign_members")
    ]
    people = []
    for who in CUSTOMERS:
        number = who.removeprefix("c_p")
        known = contacts.get(f"t:k{number}", {})
        industry = industries.get(known.get("account_id")) or ("Wood" if number == "0" else None)
        if "org" in who:
            industry = industries["t:A" if who == "c_org" else "t:B"]
        born = known.get("birth_date")
        decade = (AS_OF.year - born.year) // 10 * 10 if born else None
        orders = [one for one in bought if one["customer_id"] == who]
        people.append(
            {
                "country": "DE" if "org" in who else known["country_code"] or "unknown",
                "locale": "unknown",
                "industry": industry or "unknown",
                "customer_type": "organization" if "org" in who else "person",
                "gender": known.get("gender") or "unknown",
                "age_band": "unknown" if decade is None
                else "70+" if decade >= 70
                else "under 20" if decade < 20
                else f"{decade}-{decade + 9}",
                "income_band": "unknown",
                "segment": SEGMENT[who],
                "is_contacted": who in mailed or who in {member for member, _ in members},
                "has_responded": who in clicked or (who, True) in members,
                "orders": len(orders),
                "revenue": sum((one["revenue"] for one in orders), Decimal(0)),
            }
        )  # fmt: skip
    return people


def grouped(people: list[Person], dimension: str) -> dict[str, list[Person]]:
    groups: dict[str, list[Person]] = {}
    for one in people:
        groups.setdefault(one[dimension], []).append(one)
    return groups


def hidden_values(people: list[Person], audience: list[Person], dimension: str) -> list[str]:
    """Return the values that go into other: of everybody, or of one segment."""
    groups = grouped(audience, dimension)
    by_size = sorted(groups, key=lambda value: (len(groups[value]), value))
    if audience is people:
        rare = [value for value in by_size if len(groups[value]) < 5]
    else:
        everywhere = [
            grouped([one for one in people if one["segment"] == segment], dimension)
            for segment in {one["segment"] for one in people}
        ]
        rare = [
            value
            for value in by_size
            if any(len(each[value]) < 5 for each in everywhere if value in each)
        ]
    if not 0 < sum(len(groups[value]) for value in rare) < 5:
        return rare
    return by_size[: len(rare) + 1] if audience is people else by_size


def test_every_row_is_that_of_the_customers_and_none_of_fewer_than_five(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    people = people_again(marketing_warehouse)
    audiences = {"all": people} | {
        segment: [one for one in people if one["segment"] == segment]
        for segment in ("Loyal", "New")
    }
    again = {}
    for segment, audience in audiences.items():
        for dimension in (*DIMENSIONS, *(["segment"] if segment == "all" else [])):
            hidden = hidden_values(people, audience, dimension)
            groups = grouped(audience, dimension)
            shown = {value: groups[value] for value in groups if value not in hidden}
            if hidden:
                shown["other"] = [one for value in hidden for one in groups[value]]
            shown = {value: its for value, its in shown.items() if len(its) >= 5}
            whole = sum((one["revenue"] for its in shown.values() for one in its), Decimal(0))
            count = sum(len(its) for its in shown.values())
            for value, its in shown.items():
                total = sum((one["revenue"] for one in its), Decimal(0))
                contacted = sum(one["is_contacted"] for one in its)
                responded = sum(one["is_contacted"] and one["has_responded"] for one in its)
                again[segment, dimension, value] = {
                    "segment": segment,
                    "dimension": dimension,
                    "value": value,
                    "merged_value_count": len(hidden) if value == "other" else 0,
                    "customer_count": len(its),
                    "contacted_count": contacted,
                    "responded_count": responded,
                    "response_rate": responded / contacted if contacted else None,
                    "order_count": sum(one["orders"] for one in its),
                    "revenue_base": total,
                    "customer_share": len(its) / count,
                    "revenue_share": float(total) / float(whole) if whole else None,
                }
    found = mart(marketing_warehouse, "audience_demographics", "segment", "dimension", "value")
    assert found == again
    assert min(row["customer_count"] for row in found.values()) >= 5
    # two organizations alone would be told by the total: the persons join them
    assert [key[2] for key in found if key[:2] == ("all", "customer_type")] == ["other"]
    assert {key[2] for key in found if key[:2] == ("all", "country")} == {"DE", "other"}
    assert found["all", "segment", "Loyal"]["customer_count"] == 7
    assert 0 < found["all", "segment", "New"]["response_rate"] < 1
