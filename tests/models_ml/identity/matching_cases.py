"""Records as they are stated, compared and resolved from beginning to end."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl
from identity_cases import GUARDS, KEY
from splink.backends.duckdb import DuckDBAPI

from models_ml.identity import Evidence, Resolution, resolve
from models_ml.identity.evidence import LINKS, MATCHES, PERSONS, SIGHTINGS
from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import block_keys
from models_ml.identity.matching.candidates import candidates
from models_ml.identity.matching.frequencies import trait_counts
from models_ml.identity.matching.profiles import PROFILES, profiles_of
from models_ml.identity.matching.scoring import match_records


def stated(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return records as frames of ``PROFILES``."""
    return pl.DataFrame([{"identifier": "contact:crm:1", **row} for row in rows], schema=PROFILES)


def filled(records: pl.DataFrame) -> pl.DataFrame:
    """Return records with every column of ``PROFILES``, null where they have none."""
    missing = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in PROFILES.items()
        if name not in records.columns
    ]
    return records.with_columns(missing).select(PROFILES.names()).cast(PROFILES)


def database(profiles: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """Return a database with the tables ``profiles`` and ``keys``."""
    con = duckdb.connect()
    for name, rows in (("profiles", profiles), ("keys", block_keys(profiles))):
        con.register(f"given_{name}", rows.to_arrow())
        con.execute(f"create table {name} as from given_{name}")
    return con


def matched(records: pl.DataFrame, rules: Matching = GUARDS.matching) -> pl.DataFrame:
    """Compare records, by default with the packaged rules."""
    profiles = profiles_of(records, GUARDS)
    with database(profiles) as con:
        pairs = candidates(con, "profiles", "keys", rules)
    if pairs.is_empty():
        return pl.DataFrame(schema=MATCHES)
    with duckdb.connect() as memory:
        return match_records(
            profiles,
            pairs,
            trait_counts(profiles),
            DuckDBAPI(memory),
            from_probability=GUARDS.matching.asked_from,
        )


def resolved_by_likeness(records: pl.DataFrame) -> Resolution:
    """Resolve records by what they state and nothing else: e-mail is their only identifier."""
    unknown = pl.lit(None, dtype=pl.Datetime("us"))
    sightings = pl.concat(
        [
            records.select(record="identifier", identifier="identifier"),
            records.drop_nulls("email").select(
                record="identifier",
                identifier=pl.format("email:{}", pl.col("email").str.to_lowercase()),
            ),
        ]
    ).with_columns(
        id_type=pl.col("identifier").str.extract(r"^(\w+):", 1),
        source=pl.lit("public"),
        first_seen_at=unknown,
        last_seen_at=unknown,
    )
    return resolve(
        Evidence(
            sightings.select(SIGHTINGS.names()),
            pl.DataFrame(schema=LINKS),
            records.select(PERSONS.names()),
            matched(records),
        ),
        GUARDS,
        KEY,
    )


def crowd(number: int) -> list[dict[str, Any]]:
    """Return people who have nothing in common, so that names are counted among many."""
    return [
        {
            "identifier": f"contact:crowd:{n}",
            "first_name": f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}ra",
            "last_name": f"{chr(97 + n // 7 % 26)}{chr(97 + n % 19)}{chr(97 + n // 3 % 17)}mann",
            "birth_date": date(1950 + n % 50, 1 + n % 12, 1 + n % 28),
        }
        for n in range(number)
    ]
