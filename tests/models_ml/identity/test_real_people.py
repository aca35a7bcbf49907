"""Public records full of slips and swapped names, resolved with the packaged rules."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from matching_cases import filled, resolved_by_likeness

from benchmarks.identity_truth import agreement

pytestmark = pytest.mark.real_data


def fake_1000(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records and the truth (``identifier``, ``person_id``)."""
    records = pl.read_csv(folder / "splink" / "fake_1000.csv", try_parse_dates=True).with_columns(
        identifier=pl.format("contact:crm:{}", "unique_id")
    )
    return filled(records.rename({"surname": "last_name", "dob": "birth_date"})), records.select(
        "identifier", person_id=pl.col("cluster")
    )


def febrl_1(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records and the truth (``identifier``, ``person_id``)."""
    raw = pl.read_csv(folder / "febrl" / "dataset1.csv", infer_schema=False)
    raw = raw.rename(str.strip).with_columns(pl.all().str.strip_chars().replace("", None))
    records = raw.select(
        identifier=pl.format("contact:crm:{}", "rec_id"),
        first_name="given_name",
        last_name="surname",
        birth_date=pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False),
        street=pl.concat_str("street_number", "address_1", separator=" ", ignore_nulls=True),
        city="suburb",
        postal_code="postcode",
    )
    return filled(records), raw.select(
        identifier=pl.format("contact:crm:{}", "rec_id"),
        person_id=pl.col("rec_id").str.extract(r"^rec-(\d+)", 1),
    )


@pytest.mark.parametrize(
    ("read", "f1", "precision"), [(fake_1000, 0.93, 0.99), (febrl_1, 0.99, 0.999)]
)
def test_public_records_are_found_again(real_data: Path, read, f1: float, precision: float):
    records, truth = read(real_data)

    found = agreement(truth, resolved_by_likeness(records).assignment)

    assert found["f1"] >= f1
    assert found["precision"] >= precision
