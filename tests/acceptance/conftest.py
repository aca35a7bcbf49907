"""One tiny simulated company, built once and shared by the tests that only read it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.identity.key import identity_key
from orchestration.identity.resolve import resolve_identities
from tests.acceptance.forked import Forked, forked
from tests.acceptance.warehouse import Warehouse
from tests.acceptance.watched import Watched
from tests.dbt_builds import build_models
from tests.made_once import made_once


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Return the folder of `crm demo --size xs`, in which no process may reach the outside."""

    def make(folder: Path) -> None:
        folder.mkdir()
        command = Watched(folder)
        done = command.crm("demo", "--size", "xs", "--seed", "7")
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        command.printed.write_text(done.stdout)

    return Watched(made_once(tmp_path_factory, "watched", make))


@pytest.fixture(scope="session")
def built(watched: Watched) -> Warehouse:
    """Return the simulated company's warehouse after one run; read it, do not change it."""
    return Warehouse(watched.home)


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forked]:
    """Return the process that commands are forked from which need one of their own."""
    home = tmp_path_factory.mktemp("forked")
    with forked({**os.environ, "CRM_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}) as found:
        yield found


@pytest.fixture(scope="session")
def simulated(built: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with landing files and truth, nothing loaded yet."""

    def make(home: Path) -> None:
        home.mkdir()
        for name in ("sources.yml", "identity.key"):
            shutil.copy2(built.home / name, home / name)
        for name in ("landing", "truth"):
            shutil.copytree(built.home / name, home / name)

    return made_once(tmp_path_factory, "simulated", make)


@pytest.fixture
def new_home(simulated: Path, tmp_path: Path) -> Callable[..., Warehouse]:
    """Return a maker of homes with the simulated landing files, or with none of them."""

    def make(name: str = "home", *, landing: bool = True) -> Warehouse:
        home = tmp_path / name
        home.mkdir()
        for file in ("sources.yml", "identity.key"):
            shutil.copy2(simulated / file, home / file)
        if landing:
            shutil.copytree(simulated / "landing", home / "landing")
        return Warehouse(home)

    return make


@pytest.fixture
def copy_of_built(built: Warehouse, tmp_path: Path) -> Warehouse:
    """Return a warehouse after one run that the test may change."""
    home = tmp_path / "copy"
    shutil.copytree(built.home, home, symlinks=True)
    return Warehouse(home)


PROVEN = (
    "fct_pipeline_daily", "fct_pipeline_movements", "pipeline_waterfall", "sales_plays",
    "campaign_paths", "experiment_results", "conversion_drivers", "lead_assignment",
    "quota_attainment", "stg_sla_policies",
)  # fmt: skip
"""Models in which tests look for what was planted."""

COUNTED_AGAIN = (
    "fct_orders", "fct_order_lines", "product_performance_monthly", "retention_cohorts",
    "fct_invoices", "receivables", "fct_opportunities", "fct_opportunity_stage_history",
    "rep_performance", "email_performance", "fct_ad_spend", "fct_web_sessions", "fct_tickets",
    "fct_survey_responses",
)  # fmt: skip
"""Models that tests count a second time from the raw rows."""


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the simulated company of size s, large enough for what was planted to show.

    Of the whole job it ran what the proofs need: the files, the customers, some of the marts.
    """

    def make(home: Path) -> None:
        home.mkdir()
        subprocess.run(
            [sys.executable, "-m", "demo", "--home", str(home), "--size", "s", "--seed", "7"],
            check=True,
            capture_output=True,
            timeout=600,
        )
        Warehouse(home).load()
        with duckdb.connect(str(home / "warehouse.duckdb")) as con:
            resolve_identities(con, key=identity_key(home), run_id="planted")
        build_models(home, "--select", *(f"+{name}" for name in PROVEN + COUNTED_AGAIN))

    return Warehouse(made_once(tmp_path_factory, "company", make))
