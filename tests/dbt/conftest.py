"""A warehouse from rows written in the test: dicts in, a built DuckDB file out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pytest
from scratch_warehouse import SETTINGS, Rows, insert_customers, insert_rows, run_dbt

from ingest.schema import create_schemas_and_tables

Build = Callable[..., Path]


@pytest.fixture(scope="session")
def build_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return ``build(rows, customers, ...) -> path of the built warehouse``.

    ``arguments`` are dbt's; the default runs every model without the data tests.
    """

    def build(
        rows: Rows,
        customers: Mapping[str, Sequence[str]] | None = None,
        organizations: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (
            "build", "--resource-type", "model", "--resource-type", "seed",
        ),
    ) -> Path:  # fmt: skip
        home = tmp_path_factory.mktemp("home")
        path = home / "warehouse.duckdb"
        with duckdb.connect(str(path)) as con:
            create_schemas_and_tables(con)
            con.executemany(
                "insert into meta.settings values (?, ?)",
                [list(item) for item in (SETTINGS | dict(settings or {})).items()],
            )
            insert_rows(con, rows)
            insert_customers(con, customers or {}, organizations)
        result = run_dbt(home, *arguments)
        assert result.returncode == 0, result.stdout[-6000:] + result.stderr
        return path

    return build
