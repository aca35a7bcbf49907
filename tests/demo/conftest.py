"""The simulated company at its smallest, written once for all tests."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from demo.generate import generate
from demo.sizes import SIZES


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nordlicht")
    generate(folder, SIZES["xs"], seed=3)
    return folder


@pytest.fixture(scope="session")
def dirt(home: Path) -> pl.DataFrame:
    return pl.read_parquet(home / "truth" / "dirt.parquet")
