"""Records as they are stated, compared and resolved from beginning to end."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl
from identity_cases import GUARDS, KEY

from models_ml.identity import Evidence, Resolution, resolve
from models_ml.identity.evidence import LINKS, PERSONS, SIGHTINGS
from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import block_keys
from models_ml.identity.matching.candidates import candidates
from models_ml.identity.matching.frequencies import (
    COUNTED,
    PERSON,
    frequencies,
    record_count,
    trait_counts,
)
from models_ml.identity.matching.profiles import COMPARED, PROFILES, profiles_of
from models_ml.identity.matching.scoring import match_records, prior
from models_ml.identity.matching.scoring_sql import splink_settings
from models_ml.identity.nicknames import asked_of_names


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
        return match_records(
            con,
            profiles,
            candidates(con, "profiles", "keys", rules)[0],
            trait_counts(profiles),
            rules,
            from_probability=GUARDS.matching.asked_from,
        )


def scored_by_splink(
    profiles: pl.DataFrame, pairs: pl.DataFrame, counts: pl.DataFrame
) -> pl.DataFrame:
    """Return ``identifier_a``, ``identifier_b``, ``weight``, ``probability`` of pairs of persons.

    From beginning to end by Splink: its linker, its lookup of frequencies, its prediction.
    """
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    record = profiles.select("profile", "identifier")
    with duckdb.connect() as memory:
        engine = DuckDBAPI(memory)
        linker = Linker(
            engine.register(
                profiles.select(
                    "profile", *COMPARED, **asked_of_names(profiles["first_name"])
                ).to_arrow()
            ),
            splink_settings(PERSON, prior(record_count(counts, PERSON))),
            log_level="ERROR",
        )
        for column in COUNTED:
            # also of dates, of which none is common: else Splink counts them itself
            lookup = (
                frequencies(counts)
                .filter(pl.col("trait") == column)
                .select(pl.col("value").alias(column), pl.col("frequency").alias(f"tf_{column}"))
            )
            linker.table_management.register_term_frequency_lookup(
                engine.register(lookup.to_arrow()), column
            )
        blocked = pairs.select(match_key=pl.lit("0"), join_key_l="left", join_key_r="right")
        linker.table_management.register_blocked_pairs_for_predict(
            engine.register(blocked.to_arrow())
        )
        scores = pl.from_arrow(linker.inference.predict(warning_mode="never").as_pyarrow_table())
    return (
        scores.join(record, left_on="profile_l", right_on="profile")
        .join(record, left_on="profile_r", right_on="profile", suffix="_r")
        .select(
            identifier_a=pl.min_horizontal("identifier", "identifier_r"),
            identifier_b=pl.max_horizontal("identifier", "identifier_r"),
            weight="match_weight",
            probability="match_probability",
        )
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
