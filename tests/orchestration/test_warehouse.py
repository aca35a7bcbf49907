"""The warehouse is opened many times in one process, whatever happened to it in between."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingest import storage
from orchestration import warehouse
from orchestration.home import Home


def test_a_held_warehouse_opens_again_after_a_step_that_needed_the_disk(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with warehouse.connect(home):
        pass
    with warehouse.held(home):
        with warehouse.connect(home) as con:
            con.execute("set memory_limit = '60MiB'")
            con.execute(
                "create temp table large as select hash(range) as a, hash(range + 1)::varchar as b "
                "from range(2_000_000)"
            )
            assert list((tmp_path / "tmp").iterdir())
        with warehouse.connect(home) as con:
            assert con.execute("select current_setting('temp_directory')").fetchone() == (
                str(tmp_path / "tmp"),
            )


def test_a_small_warehouse_is_given_one_thread(tmp_path: Path) -> None:
    with warehouse.connect(Home(tmp_path)) as con:
        assert con.execute("select current_setting('threads')").fetchone() == (1,)


def packed(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """Return how the text of a table is packed in the file."""
    return {
        how
        for (how,) in con.execute(
            "select compression from pragma_storage_info(?) where segment_type = 'VARCHAR'", [table]
        ).fetchall()
    }


TEXTS = "as select md5(range::varchar) || ' and more' as a from range(200_000)"
"""The engine tries FSST on a sample of blocks of 2,048 rows: of 50,000 rows it drew none at all in
24 of 2,000 files, and left them unpacked."""


def test_tables_of_a_small_older_warehouse_are_packed_simply_and_those_loaded_after_as_ever(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    storage.create(home.warehouse, "v1.0.0")
    with warehouse.connect(home) as con:
        with warehouse.packed_simply(con):
            con.execute(f"create table built {TEXTS}")
        con.execute(f"create table loaded {TEXTS}")
        con.execute("checkpoint")

        assert not packed(con, "built") & {"FSST", "DICT_FSST"}
        assert "FSST" in packed(con, "loaded")


def test_tables_of_a_small_warehouse_are_packed_the_only_way_there_is(tmp_path: Path) -> None:
    with warehouse.connect(Home(tmp_path)) as con:
        with warehouse.packed_simply(con):
            con.execute(f"create table built {TEXTS}")
        con.execute("checkpoint")

        assert "DICT_FSST" in packed(con, "built")


def test_a_large_warehouse_is_packed_as_well_as_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "SMALL_BYTES", 1)
    storage.create(Home(tmp_path).warehouse, "v1.0.0")
    with warehouse.connect(Home(tmp_path)) as con:
        con.execute("create table one as select 1 as a")
        con.execute("checkpoint")
        with warehouse.packed_simply(con):
            assert con.execute(
                "select current_setting('disabled_compression_methods')"
            ).fetchone() == ("",)
