"""A world of late arrivals, corrections, deletions and statements about the future: a seed in, raw
rows of every entity that features read out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import create_schemas_and_tables, polars_schema

NEWEST = datetime.fromisoformat("2026-01-01")
CUSTOMERS = 12


@dataclass
class World:
    """Rows of raw tables by entity, made from one seed."""

    chance: random.Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    count: int = 0

    def moment(self, earliest_days_before: int = 800) -> datetime:
        """Return a moment before NEWEST, now and then exactly on the grid of as_ofs."""
        if self.chance.random() < 0.05:
            return NEWEST - timedelta(days=30 * self.chance.randrange(0, 26))
        return NEWEST - timedelta(seconds=self.chance.randrange(1, earliest_days_before * 86400))

    def delay(self) -> timedelta:
        """Return how long a row took to be known: mostly nothing, at times months."""
        if self.chance.random() < 0.7:
            return timedelta(0)
        return timedelta(seconds=self.chance.randrange(1, 120 * 86400))

    def add(
        self,
        entity: str,
        key: str,
        known_at: datetime,
        *,
        is_deleted: bool = False,
        **values: Any,
    ) -> None:
        """Add one version of one record."""
        self.count += 1
        self.rows.setdefault(entity, []).append(
            {
                **values,
                "record_key": key,
                "source": "test",
                "source_record_id": key,
                "record_hash": f"{self.count:08d}",
                "file": "test",
                "position": self.count,
                "batch_id": "test",
                "recorded_at": known_at,
                "known_at": known_at,
                "ingested_at": NEWEST,
                "is_deleted": is_deleted,
            }
        )

    def person(self) -> int:
        return self.chance.randrange(CUSTOMERS)


def simulated_world(seed: int) -> World:
    """Return rows of every entity that features read."""
    world = World(random.Random(seed))
    for make in (
        add_leads, add_orders, add_tickets, add_interactions, add_web_events,
        add_email_events, add_campaigns, add_surveys, add_countries, add_rates, add_ticket_answers,
    ):  # fmt: skip
        make(world)
    return world


def add_leads(world: World) -> None:
    for number in range(60):
        key, created = f"crm:{number}", world.moment()
        values = {
            "lead_id": str(number),
            "email": f"p{number % CUSTOMERS}@{world.chance.choice(['gmail.com', 'firm.example'])}",
            "phone": world.chance.choice([None, "+4930123"]),
            "title": world.chance.choice([None, "CEO", "Head of Sales", "Manager", "Clerk"]),
            "country_code": world.chance.choice(["DE", "FR"]),
            "lead_source": world.chance.choice(["web", "event"]),
            "created_at": created,
        }
        known = created + world.delay()
        world.add("lead", key, known, status="New", **values)
        for _ in range(world.chance.randrange(3)):
            known += timedelta(days=world.chance.random() * 60)
            fate = world.chance.choice(["Working", "Closed", "Converted", "gone", "future"])
            world.add(
                "lead", key, known,
                **values | {"title": world.chance.choice(["CEO", "VP Sales", "Clerk"])},
                status="New" if fate in ("gone", "future") else fate,
                number_of_employees=world.chance.randrange(1, 500),
                first_responded_at=world.chance.choice([None, known - timedelta(days=1)]),
                converted_at={
                    "Converted": known - timedelta(hours=1), "future": known + timedelta(days=9)
                }.get(fate),
                is_deleted=fate == "gone",
            )  # fmt: skip


def add_orders(world: World) -> None:
    for number in range(150):
        key, placed = f"shop:{number}", world.moment(760)
        states_amount = world.chance.random() < 0.7
        known = placed + world.delay()
        values = {
            "order_id": str(number),
            "customer_ref": f"email:p{world.person()}@x.example",
            "account_ref": None,
            "placed_at": placed,
            "currency": world.chance.choice(["EUR", "USD"]),
        }
        if world.chance.random() < 0.2:
            values |= {"customer_ref": None, "account_ref": f"crm:{world.person()}"}
        if states_amount:
            values |= {"subtotal": round(world.chance.uniform(5, 500), 2), "discount": 1.25}
        world.add("order", key, known, status="completed", **values)
        if not states_amount:
            for line in range(world.chance.randrange(1, 4)):
                world.add(
                    "order_line", f"{key}|{line}", known + world.delay(),
                    order_line_id=f"{number}|{line}", order_ref=key, placed_at=placed,
                    quantity=float(world.chance.choice([-1, 1, 2, 3])), unit_price=19.99,
                )  # fmt: skip
        if world.chance.random() < 0.35:
            known += timedelta(days=world.chance.random() * 90)
            fate = world.chance.choice(["cancelled", "returned", "gone", "cancelled_later"])
            world.add(
                "order", key, known, **values,
                status=fate.split("_")[0] if fate != "gone" else "completed",
                cancelled_at=known + timedelta(days=20) if fate == "cancelled_later" else None,
                refunded_amount=5.0 if fate == "returned" else None,
                is_deleted=fate == "gone",
            )  # fmt: skip


def add_tickets(world: World) -> None:
    for number in range(80):
        created = world.moment()
        known = created + world.delay()
        values = {
            "ticket_id": str(number),
            "requester_ref": f"email:p{world.person()}@x.example",
            "created_at": created,
        }
        world.add("ticket", f"desk:{number}", known, status="open", **values)
        for status in ("solved", "open", "closed")[: world.chance.randrange(4)]:
            known += timedelta(days=world.chance.random() * 40)
            world.add(
                "ticket", f"desk:{number}", known, **values, status=status,
                solved_at=world.chance.choice([None, known + timedelta(days=5)]),
            )  # fmt: skip


def add_interactions(world: World) -> None:
    for number in range(700):
        started = world.moment()
        known = started + world.delay()
        values = {
            "interaction_id": str(number),
            "conversation_ref": f"mail:{number}",
            "channel": world.chance.choice(["email", "phone", "chat"]),
            "direction": world.chance.choice(["inbound", "outbound", "internal"]),
            "interaction_type": world.chance.choice(["message", "message", "bounce"]),
            "outcome": world.chance.choice(["answered", "no_answer"]),
            "customer_ref": f"email:p{world.person()}@x.example",
            "started_at": started,
            "is_automated": world.chance.random() < 0.1,
        }
        world.add("interaction", f"mail:{number}", known, **values)
        if world.chance.random() < 0.1:
            later = known + timedelta(days=world.chance.random() * 60)
            values["started_at"] = started - timedelta(days=world.chance.randrange(0, 40))
            world.add(
                "interaction", f"mail:{number}", later,
                **values | {"direction": "inbound"}, is_deleted=world.chance.random() < 0.3,
            )  # fmt: skip


def add_web_events(world: World) -> None:
    for visit in range(300):
        person, at = world.person(), world.moment()
        for step in range(world.chance.randrange(1, 6)):
            at += timedelta(minutes=world.chance.choice([0, 1, 20, 29, 30, 31]))
            key = f"web:{visit}.{step}"
            values = {
                "event_id": f"{visit}.{step}",
                "event_type": "page",
                "anonymous_id": f"anonymous_id:web:{person}",
                "event_at": at,
                "path": world.chance.choice(["/", "/pricing"]),
                "utm_campaign": world.chance.choice([None, "spring"]),
            }
            known = at + (world.delay() if world.chance.random() < 0.5 else timedelta(0))
            world.add("web_event", key, known, **values)
            if world.chance.random() < 0.05:
                world.add(
                    "web_event", key, known + timedelta(days=33),
                    **values | {"path": "/pricing", "event_at": at + timedelta(hours=2)},
                )  # fmt: skip


def add_email_events(world: World) -> None:
    for number in range(300):
        at = world.moment()
        known = at + world.delay()
        values = {
            "email_event_id": str(number),
            "recipient_ref": f"email:p{world.person()}@x.example",
            "event_type": world.chance.choice(["open", "click", "sent"]),
            "campaign_ref": world.chance.choice([None, "crm:spring"]),
            "event_at": at,
        }
        world.add("email_event", f"esp:{number}", known, **values)
        if world.chance.random() < 0.1:
            world.add(
                "email_event", f"esp:{number}", known + timedelta(days=50),
                **values | {"event_type": "open"}, is_deleted=True,
            )  # fmt: skip


def add_campaigns(world: World) -> None:
    for days, tag in ((300, "spring"), (10, "winter")):
        known = NEWEST - timedelta(days=days)
        world.add(
            "campaign", f"crm:{tag}", known, campaign_id=tag, name=tag.title(), utm_campaign=tag,
            created_at=known,
        )  # fmt: skip
    for number in range(100):
        at = world.moment()
        world.add(
            "campaign_touch", f"ads:{number}", at + world.delay(), touch_id=str(number),
            person_ref=f"email:p{world.person()}@x.example", campaign_ref="crm:spring",
            touch_type="click", touched_at=at,
        )  # fmt: skip


def add_surveys(world: World) -> None:
    for number in range(100):
        at = world.moment()
        known = at + world.delay()
        values = {
            "survey_response_id": str(number), "survey_type": "CSAT", "responded_at": at,
            "ticket_ref": f"desk:{number % 80}", "scale_min": 1.0, "scale_max": 5.0,
            "person_ref": world.chance.choice([None, f"email:p{world.person()}@x.example"]),
        }  # fmt: skip
        world.add(
            "survey_response", f"desk:{number}", known,
            **values, score=float(world.chance.randrange(1, 6)),
        )  # fmt: skip
        if world.chance.random() < 0.2:
            world.add(
                "survey_response", f"desk:{number}", known + timedelta(days=45),
                **values, score=1.0,
            )  # fmt: skip


def add_countries(world: World) -> None:
    for person in range(CUSTOMERS):
        for entity, column in (("contact", "country_code"), ("account", "billing_country")):
            for _ in range(3):
                world.add(
                    entity, f"crm:{person}", world.moment(),
                    **{
                        f"{entity}_id": str(person), column: world.chance.choice(["DE", "AT"]),
                        **({"name": "Firm"} if entity == "account" else {}),
                    },
                )  # fmt: skip


def add_rates(world: World) -> None:
    for day in range(0, 820, 3):
        rate_date = (NEWEST - timedelta(days=day)).date()
        world.add(
            "fx_rate", f"ecb:{rate_date}|USD|EUR",
            datetime.combine(rate_date, datetime.min.time()), rate_date=rate_date,
            from_currency="USD", to_currency="EUR", rate=0.9 + day / 10000,
        )  # fmt: skip


def add_ticket_answers(world: World) -> None:
    """Add answers of a help desk that name their ticket alone, some known before the ticket."""
    for number in range(120):
        started = world.moment()
        world.add(
            "interaction", f"desk:answer{number}", started + world.delay(),
            interaction_id=f"answer{number}", conversation_ref=f"desk:{number % 90}",
            ticket_ref=f"desk:{number % 90}", channel="email", interaction_type="message",
            direction=world.chance.choice(["outbound", "inbound"]), started_at=started,
        )  # fmt: skip


CUSTOMERS_OF_WORLD = {
    f"c_{person:02d}": [
        f"email:p{person}@x.example",
        f"anonymous_id:web:{person}",
        f"contact:crm:{person}",
        *(f"lead:crm:{number}" for number in range(person, 60, CUSTOMERS)),
    ]
    for person in range(CUSTOMERS)
} | {f"c_account_{number:02d}": [f"account:crm:{number}"] for number in range(CUSTOMERS)}


def write_warehouse(path: Path, world: World, as_of: datetime, known_by: datetime | None) -> None:
    """Write raw, identity and settings; ``known_by`` leaves out the rows known later."""
    with duckdb.connect(str(path)) as con:
        create_schemas_and_tables(con)
        for entity, rows in world.rows.items():
            types = polars_schema(CONTRACTS[entity])
            frame = pl.DataFrame(
                [row for row in rows if known_by is None or row["known_at"] <= known_by],
                schema={name: types[name] for row in rows for name in row},
            )
            con.register("frame", frame)
            con.execute(f'insert into raw."{entity}" by name select * from frame')
        for customer_id, identifiers in CUSTOMERS_OF_WORLD.items():
            kind = "organization" if "account" in customer_id else "person"
            con.execute(
                "insert into identity.customers values (?, ?, ?, null, null, 1, 'active', null)",
                [customer_id, kind, identifiers[0]],
            )
            con.executemany(
                "insert into identity.identifier_map "
                "values (?, '', ?, null, null, null, null, true)",
                [[identifier, customer_id] for identifier in identifiers],
            )
        con.execute(
            "insert into meta.settings (name, value) values ('as_of', ?), ('base_currency', 'EUR')",
            [as_of.date().isoformat()],
        )
