"""What one run publishes: it reconciles, it matches the planted truth, and readers may look."""

from __future__ import annotations

import json
import math
import re
import threading
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ingest.private_files import OTHERS
from tests.acceptance.forked import Forked
from tests.acceptance.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.pipeline


def test_other_accounts_of_the_machine_can_read_nothing_that_was_made(built: Warehouse) -> None:
    made = [built.home, *built.home.rglob("*")]

    assert built.home / "published" / "crm.duckdb" in made
    assert [path for path in made if path.lstat().st_mode & OTHERS and not path.is_symlink()] == []


def test_every_batch_reconciles(built: Warehouse) -> None:
    read, loaded, duplicate, quarantined, unbalanced = built.query_build(
        """
        select
            sum(records_read),
            sum(rows_loaded),
            sum(rows_duplicate),
            sum(rows_quarantined),
            count(*) filter (
                where rows_parsed <> rows_loaded + rows_duplicate + rows_quarantined
            )
        from meta.ingest_files
        """
    )[0]

    assert read > 0
    assert unbalanced == 0
    tables = built.query_build(
        "select table_name from information_schema.tables where table_schema = 'raw'"
    )
    counts = " union all ".join(f'select count(*) as n from raw."{name}"' for (name,) in tables)
    assert built.query_build(f"select sum(n) from ({counts})") == [(loaded,)]
    assert built.query_build("select count(*) from meta.quarantine") == [(quarantined,)]
    assert duplicate > 0


def test_quarantine_holds_exactly_the_planted_dirt(built: Warehouse) -> None:
    dirt = pl.read_parquet(built.home / "truth" / "dirt.parquet")
    planted = set(
        dirt.filter(pl.col("expected") == "quarantined").select("file", "position").iter_rows()
    )

    found = set(built.query_build("select distinct file, position from meta.quarantine"))

    assert len(planted) > 0
    assert found == planted
    assert built.query_build(
        "select count(*) from meta.quarantine where reason is null or reason_code is null"
    ) == [(0,)]


def test_the_people_of_the_company_are_found(built: Warehouse) -> None:
    ((ours, right, true),) = built.query_build(
        """
        with found as (
            select truth.identifier, person_id,
                coalesce(customer_id, truth.identifier) as customer
            from read_parquet(?) as truth
            left join identity.identifier_map as m
                on m.identifier = truth.identifier and m.is_current
        )
        select
            count(*) filter (a.customer = b.customer),
            count(*) filter (a.customer = b.customer and a.person_id = b.person_id),
            count(*) filter (a.person_id = b.person_id)
        from found as a inner join found as b
            on a.identifier < b.identifier
            and (a.customer = b.customer or a.person_id = b.person_id)
        """,
        str(built.home / "truth" / "identity.parquet"),
    )

    assert true > 1000
    assert right / ours >= 0.99
    assert right / true >= 0.90


def test_attribution_credits_add_up_to_all_conversions(built: Warehouse) -> None:
    sums = built.query(
        """
        select attribution_model, round(sum(conversions), 6), sum(revenue_base)
        from published.crm.campaign_roi_current
        group by all
        """
    )

    assert len(sums) == 7
    assert len({(conversions, revenue) for _, conversions, revenue in sums}) == 1
    conversions, revenue = built.query(
        """
        select count(*), sum(value_base)
        from (
            select revenue_base as value_base
            from marts.fct_orders
            where not is_cancelled and coalesce(revenue_base >= 0, true)

            union all

            select opportunities.amount_base
            from marts.fct_opportunities as opportunities
            anti join marts.fct_orders as orders using (opportunity_id)
            where opportunities.is_won
        )
        """
    )[0]
    assert float(sums[0][1]) == pytest.approx(conversions, abs=1e-5)
    assert float(sums[0][2]) == pytest.approx(float(revenue), abs=0.01)


def test_the_reasons_of_every_score_add_up(built: Warehouse) -> None:
    for score in ("lead_scores", "churn_risk"):
        rows = built.query(
            f"select probability, base_value, contributions from published.crm.{score}"
        )
        assert rows
        for probability, base_value, contributions in rows:
            summed = base_value + sum(json.loads(contributions).values())
            assert abs(math.log(probability / (1 - probability)) - summed) < 1e-9


def test_every_query_of_the_readme_runs(built: Warehouse) -> None:
    queries = re.findall(r'crm sql "([^"]+)"', (ROOT / "README.md").read_text())

    assert queries
    for query in queries:
        assert "rows" not in built.crm("sql", query, "--format", "csv").stderr


def test_a_second_run_loads_nothing_changes_no_row_and_readers_meet_whole_generations(
    copy_of_built: Warehouse, process: Forked
) -> None:
    warehouse = copy_of_built
    first = warehouse.fingerprint()
    files = "select count(*) from meta.ingest_files"
    loaded = warehouse.query_build(files)
    met: set[tuple] = set()
    faults: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                met.update(
                    warehouse.look(
                        """
                        select generation, built_at,
                            (select count(*) from marts.customer_360),
                            (select count(*) from published.crm.churn_risk_current)
                        from meta.generation
                        """
                    )
                )
            except duckdb.Error as error:
                faults.append(str(error))
            # a reader that never rests has the run wait for a core: only when a generation is
            # being written is there anything to meet
            being_written = any((warehouse.home / "published").glob(".*.tmp"))
            done.wait(0.01 if being_written else 0.5)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        exit_code = process.crm("run", environment=warehouse.environment())
    finally:
        done.set()
        reader.join()

    assert exit_code == 0
    assert faults == []
    assert len({row[:2] for row in met}) == len({row[0] for row in met})
    assert len({row[2:] for row in met}) == 1
    assert warehouse.fingerprint() == first
    assert warehouse.query_build(files) == loaded
    assert warehouse.query("select max(generation) from meta.generation") == [(2,)]
