"""One tiny simulated company, built once and shared by the tests that only read it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.warehouse import Warehouse


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with landing files and truth, nothing loaded yet."""
    home = tmp_path_factory.mktemp("simulated") / "home"
    subprocess.run(
        [sys.executable, "-m", "demo", "--home", str(home), "--size", "xs", "--seed", "7"],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return home


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


@pytest.fixture(scope="session")
def built(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the simulated company's warehouse after one run; read it, do not change it."""
    home = tmp_path_factory.mktemp("built") / "home"
    shutil.copytree(simulated, home)
    warehouse = Warehouse(home)
    warehouse.crm("run")
    return warehouse
