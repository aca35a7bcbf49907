"""A warehouse from rows written in the test: dicts in, a built DuckDB file out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import acting_company
import duckdb
import pytest
import small_marketing_company
import small_web_company
from scratch_warehouse import (
    SETTINGS,
    Rows,
    insert_customers,
    insert_rows,
    insert_scores,
)

from ingest.from_contracts.schema import create_schemas_and_tables
from tests.dbt_builds import build_models
from tests.made_once import made_once

Build = Callable[..., Path]


@pytest.fixture(scope="session")
def build_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return ``build(rows, customers, ...) -> path of the built warehouse``.

    ``selection`` is dbt's; the default builds every model. No data test is run. The same arguments
    are built once for all tests of all workers: open the file to read it.
    """

    def build(
        rows: Rows,
        customers: Mapping[str, Sequence[str]] | None = None,
        organizations: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
        selection: Sequence[str] = (),
        scores: Rows | None = None,
    ) -> Path:
        def make(home: Path) -> None:
            home.mkdir()
            with duckdb.connect(str(home / "warehouse.duckdb")) as con:
                create_schemas_and_tables(con)
                con.executemany(
                    "insert into meta.settings values (?, ?)",
                    [list(item) for item in (SETTINGS | dict(settings or {})).items()],
                )
                insert_rows(con, rows)
                insert_customers(con, customers or {}, organizations)
                insert_scores(con, scores or {})
            build_models(home, *selection)

        said = repr((rows, customers, list(organizations), settings, list(selection), scores))
        name = f"warehouse-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
        return made_once(tmp_path_factory, name, make) / "warehouse.duckdb"

    return build


@pytest.fixture(scope="session")
def marketing_warehouse(build_warehouse: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the built marketing marts of ``small_marketing_company``."""
    path = build_warehouse(
        small_marketing_company.rows(),
        small_marketing_company.CUSTOMERS,
        organizations=small_marketing_company.ORGANIZATIONS,
        scores={"customer_segments": small_marketing_company.segments()},
        selection=small_marketing_company.SELECTION,
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def acting_warehouse(build_warehouse: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the built warehouse of a company that has something to do.

    Every model is built: what dbt builds is compared with the same file.
    """
    path = build_warehouse(acting_company.rows(), acting_company.CUSTOMERS, ["c_org"])
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def web_warehouse(build_warehouse: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the built sessions, goals and experiments of ``small_web_company``."""
    path = build_warehouse(
        small_web_company.rows(),
        small_web_company.CUSTOMERS,
        selection=small_web_company.SELECTION,
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con
