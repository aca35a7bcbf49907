"""A home of its own for each test, in which a dozen rows are resolved to customers."""

from __future__ import annotations

from pathlib import Path

import pytest
from repair_commands import SOURCES, run
from test_identity import company

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration import warehouse
from orchestration.home import Home


@pytest.fixture(scope="module")
def resolved_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which a dozen rows are resolved to customers."""
    folder = tmp_path_factory.mktemp("repair")
    (folder / "sources.yml").write_text(SOURCES)
    home = Home(folder)
    with warehouse.connect(home) as con:
        create_schemas_and_tables(con)
        company(con, list(range(12)))
    run(home)
    return folder


@pytest.fixture
def home(resolved_company: Path, tmp_path: Path) -> Home:
    """Return a copy of it."""
    found = Home(tmp_path / "home")
    found.folder.mkdir()
    for name in ("sources.yml", "warehouse.duckdb"):
        (found.folder / name).write_bytes((resolved_company / name).read_bytes())
    return found
