"""What is derived from the contracts agrees with them, and with the files that are committed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml

from ingest.contracts import CONTRACTS, DUCKDB_TYPES
from ingest.from_contracts.data_dictionary import render_data_dictionary
from ingest.from_contracts.dbt_sources import render_sources_yaml
from ingest.from_contracts.schema import (
    SCHEMAS,
    arrow_schema,
    create_schemas_and_tables,
    polars_schema,
    raw_columns,
    write_settings,
)
from ingest.from_contracts.suite import expectations
from ingest.source import Company
from ingest.tables import TABLES

ROOT = Path(__file__).resolve().parents[3]


def test_tables_have_the_columns_of_their_contracts_with_comments(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for contract in CONTRACTS.values():
        found = warehouse.execute(
            "select column_name, lower(data_type), comment from duckdb_columns() "
            "where schema_name = 'raw' and table_name = ? order by column_index",
            [contract.name],
        ).fetchall()
        assert found == [
            (column.name, DUCKDB_TYPES[column.type].replace(", ", ","), column.description)
            for column in raw_columns(contract)
        ]


def test_creating_again_changes_nothing_and_adds_only_what_is_missing(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("insert into meta.settings values ('a', 'b')")
    warehouse.execute('alter table raw."order" drop column coupon')
    warehouse.execute("drop table meta.runs")

    create_schemas_and_tables(warehouse)

    assert warehouse.execute("from meta.settings").fetchall() == [("a", "b")]
    assert warehouse.execute('select coupon from raw."order"').fetchall() == []
    assert warehouse.execute("from meta.runs").fetchall() == []


def test_all_schemas_and_bookkeeping_tables_are_there(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    schemas = {
        row[0] for row in warehouse.execute("select schema_name from duckdb_schemas()").fetchall()
    }

    assert set(SCHEMAS) <= schemas
    for table in TABLES:
        assert warehouse.execute(f"select count(*) from {table.qualified}").fetchone() == (0,)


def test_arrow_polars_and_duckdb_agree_on_types(con: duckdb.DuckDBPyConnection) -> None:
    for contract in CONTRACTS.values():
        empty = arrow_schema(contract).empty_table()
        con.register("empty", empty)
        types = [row[1].lower() for row in con.execute("describe from empty").fetchall()]
        assert types == [DUCKDB_TYPES[c.type].replace(", ", ",") for c in raw_columns(contract)]
        assert list(polars_schema(contract)) == arrow_schema(contract).names
        assert isinstance(empty, pa.Table)


def test_settings_are_replaced(warehouse: duckdb.DuckDBPyConnection) -> None:
    write_settings(warehouse, Company(), date(2026, 1, 1))
    write_settings(warehouse, Company(name="N", domains=("n.de", "n.com")), date(2026, 1, 2))

    found = dict(warehouse.execute("from meta.settings").fetchall())
    assert found == {
        "as_of": "2026-01-02",
        "base_currency": "EUR",
        "company_domains": '["n.de", "n.com"]',
        "company_name": "N",
        "default_region": "DE",
        "fiscal_year_start_month": "1",
        "time_zone": "UTC",
    }


def test_the_committed_dbt_sources_are_those_of_the_contracts() -> None:
    committed = ROOT / "dbt_project" / "models" / "staging" / "_raw__sources.yml"

    assert committed.read_text() == render_sources_yaml()
    (source,) = yaml.safe_load(render_sources_yaml())["sources"]
    assert {table["name"] for table in source["tables"]} == set(CONTRACTS)


def test_the_committed_data_dictionary_is_that_of_the_contracts() -> None:
    assert (ROOT / "docs" / "data_dictionary.md").read_text() == render_data_dictionary()


@pytest.mark.parametrize("entity", CONTRACTS)
def test_expectations_name_columns_that_there_are(entity: str) -> None:
    names = {column.name for column in raw_columns(CONTRACTS[entity])}

    found = expectations(CONTRACTS[entity])

    assert all({expectation.get("column", "record_key")} <= names for expectation in found)
    assert {e["column"] for e in found if e["kind"] == "not_null"} == {
        column.name for column in raw_columns(CONTRACTS[entity]) if column.required
    }
    assert [e for e in found if e["kind"] == "unique"]


def test_every_raw_table_refuses_nulls_in_its_required_columns(
    con: duckdb.DuckDBPyConnection,
) -> None:
    create_schemas_and_tables(con)
    refusing = set(
        con.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'raw' and not is_nullable"
        ).fetchall()
    )

    assert refusing == {
        (entity, expectation["column"])
        for entity, contract in CONTRACTS.items()
        for expectation in expectations(contract)
        if expectation["kind"] == "not_null"
    }
