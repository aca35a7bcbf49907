"""A new warehouse has the newer format; one made by earlier code keeps its own and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from ingest import storage
from ingest.from_contracts.schema import create_schemas_and_tables

EARLIER = "v1.0.0"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PREPARED", str(tmp_path / "kept"))


@contextmanager
def warehouse(path: Path, version: str = storage.FORMAT) -> Iterator[duckdb.DuckDBPyConnection]:
    storage.create(path, version)
    with duckdb.connect(str(path)) as con:
        create_schemas_and_tables(con)
        yield con


def with_rows(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Insert 100,000 order lines; return how each text of them is packed in the file."""
    con.execute("""
        insert into raw.order_line by name
        select 'shop:' || md5(n::varchar) as order_line_id, 'shop:' || n % 9000 as order_ref,
            'sku-' || n % 40 as sku, 1 as quantity, 'EUR' as currency, 'k' || n as record_key,
            'shop' as source, n::varchar as source_record_id, md5(n::varchar) as record_hash,
            'orders.csv' as file, n as position, 'b1' as batch_id, now() as known_at,
            now() as ingested_at, false as is_deleted
        from range(100_000) as numbers (n)
    """)
    con.execute("checkpoint")
    return dict(
        con.execute(
            "select column_name, max(compression) from pragma_storage_info('raw.order_line') "
            "where segment_type = 'VARCHAR' and stats not like '%Has No Null: false%' group by all"
        ).fetchall()
    )


@pytest.mark.parametrize("has_kept_tables", [True, False])
def test_texts_of_a_new_warehouse_are_packed_as_they_recur(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_kept_tables: bool
) -> None:
    if not has_kept_tables:
        (tmp_path / "a file").touch()
        monkeypatch.setenv("CRM_PREPARED", str(tmp_path / "a file"))

    with warehouse(tmp_path / "w.duckdb") as con:
        how = with_rows(con)

    unique = ("order_line_id", "order_ref", "record_key", "source_record_id")
    recurring = ("sku", "currency", "source", "file", "batch_id")
    assert how["record_hash"] == "Uncompressed"
    assert {name: how[name] for name in unique} == dict.fromkeys(unique, "ZSTD")
    assert {name: how[name] for name in recurring} == dict.fromkeys(recurring, "DICT_FSST")


def test_whoever_opens_a_file_leaves_its_format(tmp_path: Path) -> None:
    for version in (EARLIER, storage.FORMAT):
        path = tmp_path / f"{version}.duckdb"
        for _ in range(2):
            storage.create(path, version)
            with duckdb.connect(str(path)) as con:
                con.execute("create or replace table t as select range as a from range(10_000)")
                con.execute("checkpoint")
                assert storage.format_of(con) == version


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    storage.create(path, EARLIER)
    before = path.read_bytes()

    storage.create(path)

    assert path.read_bytes() == before


def test_a_warehouse_of_earlier_code_takes_rows_and_new_columns(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with warehouse(path, EARLIER) as con:
        con.execute("alter table raw.order_line drop column sku")

    with warehouse(path, EARLIER) as con:
        how = with_rows(con)
        assert storage.format_of(con) == EARLIER
        assert con.execute("select count(distinct sku) from raw.order_line").fetchone() == (40,)

    assert not set(how.values()) & {"ZSTD", "DICT_FSST"}


def test_a_database_in_memory_has_our_format() -> None:
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as other")
        assert storage.is_ours(con)
        assert storage.is_ours(con, "other")
