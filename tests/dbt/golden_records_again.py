"""Raw rows of a company in, the values that should survive out: the rules read a second time."""

from __future__ import annotations

import csv
import json
import random
from datetime import datetime, timedelta
from functools import cmp_to_key
from pathlib import Path
from typing import Any

RULES = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "survivorship_rules.csv"
START = datetime.fromisoformat("2026-01-01")
SOURCES = ["crm", "shop", "fair"]
PERSON = {
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "title",
    "city",
    "country_code",
    "locale",
    "time_zone",
}

MAIL_NAMES = {"Ana Berg": "Ana Berg", "Byron, Anna": "Anna Byron", "no@name.de": None}
"""Names as mails have them, and what is made of them."""

Row = dict[str, Any]
Statement = dict[str, Any]


def company(seed: int) -> tuple[dict[str, list[Row]], dict[str, list[str]], list[str]]:
    """Return raw rows, identifiers by customer, and the organizations among the customers."""
    chance = random.Random(seed)
    rows: dict[str, list[Row]] = {
        name: [] for name in ("contact", "lead", "account", "order", "email_event", "interaction")
    }
    customers: dict[str, list[str]] = {}
    number = 0

    def some(*values: Any) -> Any:
        return chance.choice([None, *values])

    def moment() -> datetime:
        # few moments, so that ties happen
        return START + timedelta(days=chance.randint(0, 6))

    for person in range(25):
        held = customers.setdefault(f"c_p{person}", [])
        for _ in range(chance.randint(0, 4)):
            number += 1
            entity = chance.choice(["contact", "lead"])
            row = {
                f"{entity}_id": str(number),
                "first_name": some("Anna", "Ana"),
                "last_name": some("Berg", "Byron"),
                "email": some(f"p{person}@a.de", f"p{person}@b.de", f"p{person}@c.de"),
                "phone": some(f"+49301{person:02}1", f"+49301{person:02}2"),
                "title": some("CTO", "Head"),
                "country_code": some("DE", "AT"),
                "source": chance.choice(SOURCES),
                "recorded_at": moment(),
            }
            if entity == "contact":
                row |= {"city": some("Ulm", "Linz"), "locale": some("de", "en")}
            else:
                row |= {"status": "open", "created_at": START}
            rows[entity].append(row)
            held.append(f"{entity}:t:{number}")
        held += [f"email:p{person}@{host}.de" for host in "abcd"[: chance.randint(1, 4)]]
        if chance.random() < 0.5:
            number += 1
            rows["order"].append(
                {"order_id": str(number), "customer_ref": held[-1], "placed_at": moment(),
                 "country_code": some("CH", "FR"), "status": "paid", "currency": "EUR"}
            )  # fmt: skip
        for _ in range(chance.randint(0, 3)):
            number += 1
            rows["interaction"].append(
                {"interaction_id": str(number), "conversation_ref": str(number),
                 "channel": "email", "direction": "inbound", "interaction_type": "message",
                 "from_ref": chance.choice([one for one in held if one.startswith("email:")]),
                 "sub_channel": some("form"), "started_at": moment(), "source": "mailbox",
                 "attributes": json.dumps({"from_name": chance.choice(list(MAIL_NAMES))})}
            )  # fmt: skip
        for host in "abc":
            number += 1
            kind = some("click", "bounce", "open")
            if kind:
                rows["email_event"].append(
                    {"email_event_id": str(number), "email_id": str(number), "event_type": kind,
                     "recipient_ref": f"email:p{person}@{host}.de", "event_at": moment()}
                )  # fmt: skip
    for company_number in range(12):
        held = customers.setdefault(f"c_o{company_number}", [])
        for _ in range(chance.randint(1, 3)):
            number += 1
            rows["account"].append(
                {
                    "account_id": str(number),
                    "name": chance.choice(["Acme", "Acme GmbH"]),
                    "domain": some("acme.de"),
                    "industry": some("Steel", "Wood"),
                    "billing_street": some("Weg 1"),
                    "billing_city": some("Ulm", "Linz"),
                    "billing_country": some("DE"),
                    "number_of_employees": some(10, 20),
                    "annual_revenue": some(1000, 2000),
                    "currency": "EUR",
                    # often another record of the same company
                    "parent_ref": f"t:{number - 1}" if number % 3 else None,
                    "created_at": START - timedelta(days=chance.randint(0, 3)),
                    "source": chance.choice(SOURCES),
                    "recorded_at": moment(),
                }
            )
            held.append(f"account:t:{number}")
    return rows, customers, [name for name in customers if name.startswith("c_o")]


def rules() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[int, str, str]]] = {}
    with RULES.open() as stream:
        for row in csv.DictReader(stream):
            step = (int(row["step"]), row["criterion"], row["preferred"])
            found.setdefault(row["attribute"], []).append(step)
    return {
        attribute: [(criterion, preferred) for _, criterion, preferred in sorted(steps)]
        for attribute, steps in found.items()
    }


def verification(rows: dict[str, list[Row]]) -> dict[str, int]:
    """Return 2 for addresses answered from and not failed since, 0 for those that failed."""
    answered: dict[str, datetime] = {}
    failed: dict[str, datetime] = {}
    for event in rows["email_event"]:
        book = {"click": answered, "bounce": failed}.get(event["event_type"])
        if book is not None:
            who = event["recipient_ref"]
            book[who] = max(book.get(who, START), event["event_at"])
    for letter in rows["interaction"]:
        if letter["sub_channel"] == "form":
            continue
        who = letter["from_ref"]
        answered[who] = max(answered.get(who, START), letter["started_at"])
    return {
        who: 2 if who in answered and answered[who] >= failed.get(who, answered[who]) else 0
        for who in answered.keys() | failed.keys()
    }


def statements(
    rows: dict[str, list[Row]], customers: dict[str, list[str]], seen_at: datetime
) -> dict[tuple[str, str], list[Statement]]:
    """Return every statement by customer and attribute."""
    customer_of = {name: who for who, names in customers.items() for name in names}
    found: dict[tuple[str, str], list[Statement]] = {}

    def add(who: str, attribute: str, value: Any, **more: Any) -> None:
        if value is not None:
            found.setdefault((who, attribute), []).append({"value": str(value), **more})

    for entity in ("contact", "lead", "account"):
        for row in rows[entity]:
            key = f"t:{row[f'{entity}_id']}"
            who = customer_of[f"{entity}:{key}"]
            stated = {name: row.get(name) for name in PERSON - {"name"}}
            if entity == "account":
                parts = ("street", "postal_code", "city", "state", "country")
                address = ", ".join(
                    row[f"billing_{part}"] for part in parts if row.get(f"billing_{part}")
                )
                revenue = row["annual_revenue"]
                stated |= {
                    "name": row["name"],
                    "account_id": key,
                    "city": row.get("billing_city"),
                    "country_code": row.get("billing_country"),
                    "domain": row["domain"],
                    "industry": row["industry"],
                    "billing_address": address or None,
                    "number_of_employees": row["number_of_employees"],
                    "annual_revenue": None if revenue is None else f"{revenue:.4f}",
                    "parent_account_id": row["parent_ref"],
                }
            else:
                names = [row[part] for part in ("first_name", "last_name") if row[part]]
                stated["name"] = " ".join(names) or None
            filled = sum(value is not None for value in stated.values())
            if customer_of.get(f"account:{stated.get('parent_account_id')}") == who:
                stated["parent_account_id"] = None
            for attribute, value in stated.items():
                add(who, attribute, value, source=row["source"], type=entity, id=key,
                    at=row["recorded_at"], filled=filled)  # fmt: skip
    for name, who in customer_of.items():
        if name.startswith("email:"):
            add(who, "email", name[6:], source=None, type="identifier", id=name, at=seen_at,
                filled=1)  # fmt: skip
    for order in rows["order"]:
        add(customer_of[order["customer_ref"]], "country_code", order["country_code"],
            source="test", type="order", id=f"t:{order['order_id']}", at=order["placed_at"],
            filled=1)  # fmt: skip
    newest: dict[tuple[str, str], Row] = {}
    for letter in rows["interaction"]:
        name = MAIL_NAMES[json.loads(letter["attributes"])["from_name"]]
        if name is not None:
            at = (letter["started_at"], f"t:{letter['interaction_id']}")
            before = newest.get((letter["from_ref"], name))
            if before is None or at > (before["started_at"], f"t:{before['interaction_id']}"):
                newest[letter["from_ref"], name] = letter
    for (address, name), letter in newest.items():
        add(customer_of[address], "name", name, source="mailbox", type="interaction",
            id=f"t:{letter['interaction_id']}", at=letter["started_at"], filled=1)  # fmt: skip
    return found


def survivors(
    rows: dict[str, list[Row]], customers: dict[str, list[str]], seen_at: datetime
) -> dict[tuple[str, str], tuple[str, str, str, str, int, int]]:
    """Return value, record type, record, criterion and the two counts by customer and attribute."""
    known, verified = rules(), verification(rows)
    result = {}
    for (who, attribute), stated in statements(rows, customers, seen_at).items():
        if attribute == "account_id":
            continue
        steps = known.get(attribute, known["*"])

        def score(one: Statement, steps: Any = steps, attribute: str = attribute) -> list[Any]:
            return [
                {
                    "source": one["source"] == preferred,
                    "record_type": one["type"] == preferred,
                    "stated": one["type"] in ("contact", "lead", "account"),
                    "verified": verified.get(f"{attribute}:{one['value']}", 1),
                    "completeness": one["filled"],
                    "recency": one["at"],
                }[criterion]
                for criterion, preferred in steps
            ]

        def order(one: Statement, other: Statement, score: Any = score) -> int:
            for a, b in zip(score(one), score(other), strict=True):
                if a != b:
                    return -1 if a > b else 1
            mine, theirs = ((x["type"], x["id"], x["value"]) for x in (one, other))
            return (mine > theirs) - (mine < theirs)

        ranked = sorted(stated, key=cmp_to_key(order))
        best = ranked[0]
        others = [one for one in ranked if one["value"] != best["value"]]
        why = "only_value"
        if others:
            pairs = zip(score(best), score(others[0]), steps, strict=True)
            why = next((step[0] for a, b, step in pairs if a != b), "tie_break")
        result[who, attribute] = (
            best["value"], best["type"], best["id"], why,
            sum(one["value"] == best["value"] for one in stated),
            len({one["value"] for one in stated}),
        )  # fmt: skip
    return result
