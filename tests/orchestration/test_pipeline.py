"""The whole job on a small simulated company, with every connection to the outside refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.home import ROOT

pytestmark = pytest.mark.pipeline

# Python loads this module at the start of every process that has its folder on PYTHONPATH, so
# that child processes are watched too
WATCHER = r"""
import os, sys

LOCAL = {"localhost", "127.0.0.1", "::1", b"localhost", b"127.0.0.1", None, ""}


def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.gethostbyname":
        host = arguments[0]
    else:
        return
    if host not in LOCAL:
        with open(os.environ["CRM_WATCH_FILE"], "a") as seen:
            seen.write(f"{sys.argv} {event} {host!r}\n")
        raise PermissionError(f"connection to {host!r} refused by the test")


sys.addaudithook(watch)
"""


class Crm:
    """The command line in processes of its own, on one home."""

    def __init__(self, folder: Path) -> None:
        watcher = folder / "watcher"
        watcher.mkdir()
        (watcher / "sitecustomize.py").write_text(WATCHER)
        self.home = folder / "home"
        self.seen = folder / "connections"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": f"{watcher}{os.pathsep}{ROOT}",
            "CRM_WATCH_FILE": str(self.seen),
            "CRM_HOME": str(self.home),
        }

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments],
            cwd=self.home.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, sql: str) -> list[tuple]:
        with duckdb.connect(":memory:") as con:
            file = (self.home / "published" / "crm.duckdb").resolve()
            con.execute(f"attach '{file}' as p (read_only)")
            con.execute("use p")
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Crm:
    """Return the command line after `crm demo --size xs`."""
    command = Crm(tmp_path_factory.mktemp("pipeline"))
    done = command("demo", "--size", "xs", "--seed", "3")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    (command.home.parent / "demo.out").write_text(done.stdout)
    return command


def test_the_watcher_sees_a_connection_and_refuses_it(crm: Crm):
    seen = crm.seen.with_name("probe")

    child = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)"],
        env={**crm.environment, "CRM_WATCH_FILE": str(seen)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "refused by the test" in child.stderr
    assert "192.0.2.1" in seen.read_text()


def test_a_whole_run_opens_no_connection_to_the_outside(crm: Crm):
    assert not crm.seen.exists(), crm.seen.read_text()


def test_the_demo_shows_what_it_made(crm: Crm):
    shown = (crm.home.parent / "demo.out").read_text()

    for part in ("quarantined", "Customers", "funnel", "lead", "Seconds", "crm.duckdb"):
        assert part in shown


def test_the_run_wrote_down_what_it_did(crm: Crm):
    assert crm.ask("select status, generation from meta.runs") == [("succeeded", 1)]
    stages = {name for (name,) in crm.ask("select stage from meta.stage_times")}
    assert {"ingest", "contracts", "identity", "dbt", "crm/lead_scores", "gate"} <= stages
    (unmeasured,) = crm.ask(
        "select count(*) from meta.stage_times where seconds <= 0 or peak_memory_bytes <= 0"
    )
    assert unmeasured == (0,)
    assert crm.ask("select passed from meta.check_results where check_name = 'gate'") == [(True,)]
    assert crm.ask("select count(*) > 0 from meta.check_results where asset like 'raw/%'") == [
        (True,)
    ]
    assert crm.ask("select count(*) from meta.model_runs where role = 'champion'") == [(3,)]
    ((counts,),) = crm.ask("select row_counts from meta.generation")
    assert json.loads(counts)["marts.dim_customers"] > 0


def test_every_published_column_has_a_comment(crm: Crm):
    assert (
        crm.ask(
            "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
            "where schema_name in ('marts', 'crm') and comment is null"
        )
        == []
    )


def test_data_docs_are_pages_on_the_disk_and_status_names_them(crm: Crm):
    index = crm.home / "data_docs" / "index.html"

    assert index.is_file()
    assert index.as_uri() in crm("status").stdout.replace("\n", "")


def test_sql_reads_what_was_published(crm: Crm):
    done = subprocess.run(
        [
            sys.executable, "-c", "import typer; from serve.sql import sql; typer.run(sql)",
            "select count(*) as n from marts.dim_customers", "--format", "csv",
        ],
        cwd=ROOT,
        env=crm.environment,
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip

    assert int(done.stdout.split()[1]) > 0


def test_a_table_that_shrank_keeps_the_old_generation_until_somebody_accepts_it(crm: Crm):
    lines = (crm.home / "sources.yml").read_text()
    with duckdb.connect(str(crm.home / "warehouse.duckdb")) as con:
        con.execute("delete from raw.web_event")
        con.execute("update meta.ingest_files set rows_loaded = 0 where source = 'web'")
    generation = crm.ask("select max(generation) from meta.generation")

    refused = crm("run")

    assert refused.returncode == 1
    assert "did_not_shrink" in refused.stdout
    assert "Nothing was published" in refused.stdout
    assert crm.ask("select max(generation) from meta.generation") == generation
    assert (crm.home / "sources.yml").read_text() == lines
