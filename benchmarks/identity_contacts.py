"""A size in, contacts with slips and the persons they are out; and how they get into ``raw``."""

from __future__ import annotations

import random
from datetime import date

import duckdb
import polars as pl

IDENTIFIERS_OF_A_CONTACT = 1.725

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def contacts(identifiers: int) -> pl.DataFrame:
    """Return contacts, two of each person in the mean, with slips; 1 in 100 came on the last day.

    A contact has its own id, mostly an address and a number that others of the person share. The
    country they live in has as many names and places whatever the size: 3,000 first names, 60,000
    family names (the most common one 2.5 %, the first thousand a quarter of all), 8,000 places.
    """
    chance = random.Random(1)
    firsts = [_name(chance, 2) for _ in range(3_000)]
    lasts = [_name(chance, 3) for _ in range(60_000)]
    rows: list[tuple[object, ...]] = []
    person, given = 0, set[str]()
    while len(rows) * IDENTIFIERS_OF_A_CONTACT < identifiers:
        person += 1
        first = firsts[int(len(firsts) * chance.random() ** 2.5)]
        last = lasts[int(len(lasts) * chance.random() ** 3)]
        born = date(1940 + chance.randrange(65), 1 + chance.randrange(12), 1 + chance.randrange(28))
        mail = f"{first}.{last}{chance.randrange(100)}@{chance.choice(['gmail.com', 'web.de'])}"
        while mail in given:
            # an address is given out once
            mail = f"{first}.{last}{chance.randrange(10_000)}@web.de"
        given.add(mail)
        phone = f"+49{chance.randrange(10**9, 10**10)}"
        place = int(8_000 * chance.random() ** 2)
        street = f"{chance.choice(lasts)}weg {chance.randrange(99)}"
        for _ in range(chance.choice([1, 1, 2, 2, 3, 3])):
            rows.append(
                (
                    len(rows), person, int(chance.random() < 0.01),
                    _slip(first, chance), _slip(last, chance),
                    born if chance.random() < 0.6 else None,
                    _slip(mail, chance) if chance.random() < 0.6 else None,
                    phone if chance.random() < 0.4 else None,
                    street if chance.random() < 0.7 else None,
                    f"Ort {place}", f"{10000 + place}",
                )
            )  # fmt: skip
    return pl.DataFrame(
        rows,
        schema=["id", "person", "day", "first_name", "last_name", "birth_date", "email", "phone",
                "street", "city", "postal_code"],
        orient="row",
    )  # fmt: skip


def _name(chance: random.Random, syllables: int) -> str:
    return "".join(
        chance.choice("bdfghklmnprstvw") + chance.choice("aeiou") for _ in range(syllables)
    ).capitalize()


def _slip(text: str, chance: random.Random) -> str:
    if chance.random() > 0.07:
        return text
    place = chance.randrange(1, len(text))
    return text[:place] + chance.choice(_LETTERS) + text[place + chance.choice([0, 1]) :]


def load(con: duckdb.DuckDBPyConnection, records: pl.DataFrame, batch: str) -> None:
    rows = records.drop("person", "day").with_columns(
        record_key=pl.format("crm:{}", "id"), email=pl.col("email").str.to_lowercase()
    )
    con.register("new_records", rows.to_arrow())
    con.execute(
        "insert into raw.contact by name select * exclude (id), id::varchar as contact_id, "
        "'crm' as source, record_key as source_record_id, record_key as record_hash, "
        f"'contacts.csv' as file, id as position, '{batch}' as batch_id, "
        "timestamp '2025-01-01' + interval (id) second as occurred_at, "
        "timestamp '2025-01-01' + interval (id) second as recorded_at, "
        "timestamp '2025-01-01' as known_at, timestamp '2026-01-01' as ingested_at, "
        "false as is_deleted from new_records"
    )
    con.unregister("new_records")
