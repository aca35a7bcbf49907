"""Public records with many slips and swapped names: what shares an address is one person."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from identity_cases import GUARDS, KEY

from models_ml.identity import Evidence, resolve
from models_ml.identity.evidence import LINKS, PERSONS, SIGHTINGS

pytestmark = pytest.mark.real_data


def test_records_joined_by_address_are_one_person(real_data: Path):
    records = pl.read_csv(
        real_data / "splink" / "fake_1000.csv", try_parse_dates=True
    ).with_columns(own=pl.format("contact:crm:{}", "unique_id"))
    unknown = pl.lit(None, dtype=pl.Datetime("us"))
    sightings = pl.concat(
        [
            records.select(record="own", identifier="own"),
            records.drop_nulls("email").select(
                record="own", identifier=pl.format("email:{}", pl.col("email").str.to_lowercase())
            ),
        ]
    ).with_columns(
        id_type=pl.col("identifier").str.extract(r"^(\w+):", 1),
        source=pl.lit("public"),
        first_seen_at=unknown,
        last_seen_at=unknown,
    )
    persons = records.select(
        identifier="own", first_name="first_name", last_name="surname", birth_date="dob"
    )

    found = resolve(
        Evidence(
            sightings.select(SIGHTINGS.names()),
            pl.DataFrame(schema=LINKS),
            persons.cast(PERSONS),
        ),
        GUARDS,
        KEY,
    ).assignment.join(records.select("own", "cluster"), left_on="identifier", right_on="own")

    sizes = found.group_by("customer_id").agg(pl.len(), pl.col("cluster").n_unique())
    assert sizes["len"].max() > 5
    assert (sizes["cluster"] == 1).all()
