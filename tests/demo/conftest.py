"""The simulated company: its files at its smallest and its facts at size s, once for all tests."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from demo.company.world import World, make_world
from demo.generate import generate
from demo.sizes import SIZES


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nordlicht")
    generate(folder, SIZES["xs"], seed=3)
    return folder


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(SIZES["s"], seed=11)


@pytest.fixture(scope="session")
def dirt(home: Path) -> pl.DataFrame:
    return pl.read_parquet(home / "truth" / "dirt.parquet")
