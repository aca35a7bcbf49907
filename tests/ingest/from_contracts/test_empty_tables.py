"""An empty warehouse copied from the kept one is the one that its DDL makes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingest.from_contracts.empty_tables import copy_empty_tables
from ingest.from_contracts.schema import create_schemas_and_tables

CATALOG = (
    "select schema_name, table_name, comment, has_primary_key from duckdb_tables() order by all",
    "select schema_name, table_name, column_name, column_index, data_type, is_nullable, "
    "column_default, comment from duckdb_columns() where not internal order by all",
    "select schema_name, table_name, constraint_text from duckdb_constraints() order by all",
    "select distinct schema_name from duckdb_schemas() where not internal order by all",
)


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[tuple[object, ...]]]:
    """Make a warehouse with everything kept in ``folder``; return its catalog."""
    monkeypatch.setenv("CRM_PREPARED", str(folder))
    with duckdb.connect() as con:
        create_schemas_and_tables(con)
        assert con.execute("show databases").fetchall() == [("memory",)]
        return [con.execute(query).fetchall() for query in CATALOG]


def test_copied_tables_are_those_of_the_ddl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_folder = tmp_path / "a file"
    no_folder.write_text("where no folder can be made")
    by_ddl = made(no_folder, monkeypatch)

    copied = made(tmp_path / "kept", monkeypatch)
    (kept,) = (tmp_path / "kept").iterdir()
    stamp = kept.stat().st_mtime_ns
    again = made(tmp_path / "kept", monkeypatch)

    assert len(by_ddl[1]) > 1_000
    assert copied == again == by_ddl
    assert kept.stat().st_mtime_ns == stamp


def test_other_ddl_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PREPARED", str(tmp_path))

    for number in (1, 2):
        with duckdb.connect(str(tmp_path / f"{number}\"'.duckdb")) as con:
            assert copy_empty_tables(con, [f"create table t{number} (a int)"])
            assert con.execute("show tables").fetchall() == [(f"t{number}",)]

    assert len(list(tmp_path.glob("empty_tables-*.duckdb"))) == 2
