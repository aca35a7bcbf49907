"""Stages and pipeline of the seeds of Fivetran's packages are what their history tables say."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ingest.config import read_config
from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.loading.load import load_all
from tests.dbt.scratch_warehouse import SETTINGS
from tests.dbt_builds import build_models

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.pipeline, pytest.mark.real_data]

Built = Callable[[str], duckdb.DuckDBPyConnection]


@pytest.fixture
def seeds(real_data: Path) -> Path:
    folder = real_data / "fivetran_seeds"
    if not folder.is_dir():
        pytest.skip(f"the seeds of Fivetran's dbt packages are not at {folder}")
    return folder


@pytest.fixture
def built(seeds: Path, tmp_path: Path) -> Built:
    """Return ``built(vendor)``: the pipeline models over the vendor's seeds."""

    def build(vendor: str) -> duckdb.DuckDBPyConnection:
        target = tmp_path / "landing" / vendor
        target.mkdir(parents=True)
        for file in (seeds / vendor).glob("*.csv"):
            shutil.copyfile(file, target / file.name)
        config = read_config(ROOT / "examples" / f"fivetran_{vendor}" / "sources.yml")
        path = tmp_path / "warehouse.duckdb"
        with duckdb.connect(str(path)) as con:
            create_schemas_and_tables(con)
            load_all(con, config, tmp_path)
            con.executemany(
                "insert or replace into meta.settings values (?, ?)",
                [list(item) for item in SETTINGS.items()],
            )
        build_models(
            tmp_path,
            "--select",
            "+path:dbt_project/models/marts/sales/pipeline",
            "+fct_opportunity_stage_history",
        )
        return duckdb.connect(str(path), read_only=True)

    return build


def history(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_deals_of_hubspot_are_in_their_stages_since_the_history_says_so(
    seeds: Path, built: Built
) -> None:
    con = built("hubspot")

    entered = history(seeds / "hubspot" / "deal_stage_data.csv")
    expected: dict[str, list[tuple[datetime, str]]] = {}
    for row in sorted(entered, key=lambda row: datetime.fromisoformat(fill(row["date_entered"]))):
        stays = expected.setdefault(row["deal_id"], [])
        if not stays or stays[-1][1] != row["value"]:
            stays.append((datetime.fromisoformat(fill(row["date_entered"])), row["value"]))
    found: dict[str, list[tuple[datetime, str]]] = {}
    for deal, entered_at, stage, exited_at, next_entered_at in con.execute(
        "select replace(opportunity_id, 'hubspot:', ''), entered_at, stage_name, exited_at, "
        "lead(entered_at) over (partition by opportunity_id order by stage_index) "
        "from intermediate.int_opportunity_stages__spans where evidence = 'history' "
        "order by opportunity_id, stage_index"
    ).fetchall():
        assert exited_at == next_entered_at
        found.setdefault(deal, []).append((entered_at, stage))
    assert len(expected) == 14
    assert found == expected


def test_opportunities_of_salesforce_had_the_stage_and_day_that_the_history_says(
    seeds: Path, built: Built
) -> None:
    con = built("salesforce")

    # one states a probability of 1000 % and is in quarantine
    loaded = {
        key for (key,) in con.execute("select opportunity_id from raw.opportunity").fetchall()
    }
    rows = [
        row
        for row in history(seeds / "salesforce" / "sf_opportunity_history_data.csv")
        if row["id"] in loaded
    ]
    for row in rows:
        started_at = datetime.fromisoformat(row["_fivetran_start"])
        told = dict(
            con.execute(
                "select field, new_value from marts.fct_opportunity_changes "
                "where opportunity_id = 'salesforce:' || ? and valid_from <= ? "
                "and (valid_to is null or valid_to > ?)",
                [row["id"], started_at, started_at],
            ).fetchall()
        )
        assert told["stage"] == row["stage_name"]
        assert told["close_date"] == row["close_date"][:10]
        assert told["is_deleted"] == row["is_deleted"].lower()
    assert len(rows) == 9
    assert con.execute(
        "select count(*) from marts.pipeline_waterfall where open_start_base + created_base "
        "+ reopened_base + increased_base - decreased_base - won_base - lost_base - deleted_base "
        "<> open_end_base"
    ).fetchall() == [(0,)]
    created, left = con.execute(
        "select count(*) filter (movement = 'created'), "
        "count(*) filter (movement in ('won', 'lost', 'deleted')) "
        "from marts.fct_pipeline_movements"
    ).fetchall()[0]
    assert created == len({row["id"] for row in rows})
    assert left == created


def fill(moment: str) -> str:
    """Return a time of the seeds with a two-digit hour."""
    day, clock = moment.split(" ")
    return f"{day} {clock.zfill(8)}"
