"""Short ways to write evidence down, and random evidence that is full of trouble."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import strategies as st

from models_ml.identity import Evidence, Resolution, load_guards, resolve
from models_ml.identity.evidence import LINKS, PERSONS, SIGHTINGS

START = datetime.fromisoformat("2025-01-01")
KEY = b"a key of tests only, 32 bytes ok"
GUARDS = load_guards()


@dataclass(frozen=True)
class Record:
    """Identifiers of one record; a contact or lead names itself by its first identifier."""

    identifiers: tuple[str, ...]
    day: int = 0
    first_name: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    entity: str = "contact"
    converted: str | None = field(default=None)


def contact(number: int, *identifiers: str, day: int = 0, name: str = "", **more: object) -> Record:
    """Return a contact ``contact:crm:<number>`` with a first and a last name."""
    first, _, last = name.partition(" ")
    own = f"contact:crm:{number}"
    return Record((own, *identifiers), day, first or None, last or None, **more)  # type: ignore[arg-type]


def event(*identifiers: str, day: int = 0) -> Record:
    """Return a web event."""
    return Record(identifiers, day, entity="web_event")


def evidence(*records: Record) -> Evidence:
    """Return what the records say."""
    seen, links, persons = [], [], []
    for record in records:
        moment = START + timedelta(days=record.day)
        name = f"{record.entity}:{'|'.join(record.identifiers)}"
        seen += [(i, i.split(":")[0], name, "test", moment, moment) for i in record.identifiers]
        if record.first_name or record.last_name:
            persons.append(
                (record.identifiers[0], record.first_name, record.last_name, record.birth_date)
            )
        if record.converted:
            ends = (record.identifiers[0], record.converted)
            links.append((*ends, "converted", "test", "lead", moment, moment))
    return Evidence(
        pl.DataFrame(seen, schema=SIGHTINGS, orient="row"),
        pl.DataFrame(links, schema=LINKS, orient="row"),
        pl.DataFrame(persons, schema=PERSONS, orient="row"),
    )


def resolved(*records: Record) -> Resolution:
    """Resolve the records with the packaged guards."""
    return resolve(evidence(*records), GUARDS, KEY)


def people(*records: Record) -> set[frozenset[str]]:
    """Return the identifiers of each customer."""
    groups = resolved(*records).assignment.group_by("customer_id").agg("identifier")
    return {frozenset(identifiers) for identifiers in groups["identifier"].to_list()}


_NAMES = st.sampled_from(["Anna Berg", "Anna Berk", "Otto Berg", "Ida Wolf", "", "A Berg"])
_SHARED = st.sampled_from(
    [
        *(f"email:{who}@firm.de" for who in ("anna", "otto", "ida", "info", "noreply")),
        *(f"phone:+49301234{n}" for n in range(3)),
        "user_id:shop:1",
        "user_id:shop:2",
        "anonymous_id:web:1",
        "anonymous_id:web:2",
        "device:app:1",
    ]
)


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """Draw records that share few identifiers and have conflicting names."""
    drawn = []
    for number in range(draw(st.integers(1, 9))):
        day = draw(st.integers(0, 5))
        shared = tuple(draw(st.lists(_SHARED, min_size=1, max_size=3, unique=True)))
        kind = draw(st.sampled_from(["contact", "lead", "web_event"]))
        first, _, last = draw(_NAMES).partition(" ")
        own = () if kind == "web_event" else (f"{kind}:crm:{number}",)
        converted = f"contact:crm:{number - 1}" if kind == "lead" and draw(st.booleans()) else None
        named = kind != "web_event"
        drawn.append(
            Record(
                own + shared,
                day,
                (first or None) if named else None,
                (last or None) if named else None,
                entity=kind,
                converted=converted,
            )
        )
    return drawn
