"""A home with a small build database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration import warehouse
from orchestration.checks import check_results
from orchestration.checks.check_results import CheckResult
from orchestration.home import Home
from orchestration.runs import run_lock, stages


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse with every table of ours, marts.orders and two score tables."""
    home = Home(tmp_path_factory.mktemp("build"))
    with warehouse.connect(home) as con:
        create_schemas_and_tables(con)
        con.execute("insert into meta.settings values ('as_of', '2026-06-30')")
        con.execute(
            "create table marts.orders as select i as order_id, 1 as build from range(100) t(i)"
        )
        con.execute("comment on table marts.orders is 'One row per order; it''s the grain.'")
        con.execute("comment on column marts.orders.order_id is 'Key.'")
        for score, entity in (("lead_scores", "lead_id"), ("churn_risk", "customer_id")):
            con.execute(
                f"create table crm.{score} as select 'x' || i as {entity}, "
                "timestamp '2026-06-30' as as_of, 50.0 as score, 0.2 + i / 1000.0 as probability, "
                "0.1 as p_low, 0.9 as p_high from range(100) t(i)"
            )
        con.execute("create view crm.lead_scores_current as select * from crm.lead_scores")
    return home.warehouse


@pytest.fixture
def home(small_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Return a home of its own with a copy of the small build."""
    found = Home(tmp_path / "home")
    monkeypatch.setenv("CRM_HOME", str(found.folder))
    found.folder.mkdir()
    shutil.copy(small_build, found.warehouse)
    yield found
    run_lock.release(found)


@pytest.fixture
def open_gate(home: Home) -> Callable[[str], None]:
    """Return a function that makes the gate of a run green."""

    def opened(run_id: str) -> None:
        with warehouse.connect(home) as con:
            stages.begin_run(con, run_id)
            check_results.write(
                con, run_id, [CheckResult(check_name="gate", asset="published/crm", passed=True)]
            )

    return opened
