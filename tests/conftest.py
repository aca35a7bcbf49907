"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty DuckDB in memory."""
    connection = duckdb.connect(":memory:")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public data sets, or skip where it is absent."""
    folder = Path(os.environ.get("CRM_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"public data sets are not part of the project; none found at {folder}")
    return folder
