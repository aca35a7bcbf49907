"""The whole job on a small simulated company, with every connection to the outside refused."""

from __future__ import annotations

import json
import subprocess
import sys

import duckdb
import pytest

from orchestration.home import ROOT
from tests.acceptance.warehouse import Warehouse
from tests.acceptance.watched import Watched

pytestmark = pytest.mark.pipeline


def test_the_watcher_sees_a_connection_and_refuses_it(watched: Watched):
    seen = watched.seen.with_name("probe")

    child = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)"],
        env={**watched.environment(), "CRM_WATCH_FILE": str(seen)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "refused by the test" in child.stderr
    assert "192.0.2.1" in seen.read_text()


def test_a_whole_run_opens_no_connection_to_the_outside(watched: Watched):
    assert not watched.seen.exists(), watched.seen.read_text()


def test_the_demo_shows_what_it_made(watched: Watched):
    shown = watched.printed.read_text()

    for part in ("quarantined", "Customers", "funnel", "lead", "Seconds", "crm.duckdb"):
        assert part in shown


def test_the_run_wrote_down_what_it_did(built: Warehouse):
    assert built.query("select status, generation from meta.runs") == [("succeeded", 1)]
    stages = {name for (name,) in built.query("select stage from meta.stage_times")}
    assert {"ingest", "contracts", "identity", "dbt", "crm/lead_scores", "gate"} <= stages
    (unmeasured,) = built.query(
        "select count(*) from meta.stage_times where seconds <= 0 or peak_memory_bytes <= 0"
    )
    assert unmeasured == (0,)
    assert built.query("select passed from meta.check_results where check_name = 'gate'") == [
        (True,)
    ]
    assert built.query("select count(*) > 0 from meta.check_results where asset like 'raw/%'") == [
        (True,)
    ]
    assert built.query("select count(*) from meta.model_runs where role = 'champion'") == [(3,)]
    ((counts,),) = built.query("select row_counts from meta.generation")
    assert json.loads(counts)["marts.dim_customers"] > 0


def test_every_published_column_has_a_comment(built: Warehouse):
    assert (
        built.query(
            "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
            "where schema_name in ('marts', 'crm') and comment is null"
        )
        == []
    )


def test_data_docs_are_pages_on_the_disk_and_status_names_them(watched: Watched):
    index = watched.home / "data_docs" / "index.html"

    assert index.is_file()
    assert index.as_uri() in watched.crm("status").stdout.replace("\n", "")


def test_sql_reads_what_was_published(watched: Watched):
    done = subprocess.run(
        [
            sys.executable, "-c", "import typer; from serve.sql import sql; typer.run(sql)",
            "select count(*) as n from marts.dim_customers", "--format", "csv",
        ],
        cwd=ROOT,
        env=watched.environment(),
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip

    assert int(done.stdout.split()[1]) > 0


def test_a_table_that_shrank_keeps_the_old_generation_until_somebody_accepts_it(
    copy_of_built: Warehouse,
):
    warehouse = copy_of_built
    lines = (warehouse.home / "sources.yml").read_text()
    # few models are made of what advertising cost: what no row is lost of is kept
    with duckdb.connect(str(warehouse.home / "warehouse.duckdb")) as con:
        con.execute(
            "update meta.ingest_files set rows_loaded = 0 "
            "where source in (select source from raw.ad_spend)"
        )
        con.execute("delete from raw.ad_spend")
    generation = warehouse.query("select max(generation) from meta.generation")

    refused = warehouse.run(exit_code=1)

    assert "did_not_shrink" in refused.stdout
    assert "Nothing was published" in refused.stdout
    assert warehouse.query("select max(generation) from meta.generation") == generation
    assert (warehouse.home / "sources.yml").read_text() == lines
