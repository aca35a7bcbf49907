"""A contract that gained a column: a warehouse from before gets the column, and goes on loading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.loading.load import load_source
from ingest.source import Source


def test_a_warehouse_from_before_a_column_is_loaded_into_the_columns_meant(
    warehouse: duckdb.DuckDBPyConnection,
    landing: Path,
    put: Callable[[str, str], Path],
    contacts: Callable[..., Source],
) -> None:
    # as a table is that was made before first_name was declared: its column comes last
    warehouse.execute("alter table raw.contact drop column first_name")
    create_schemas_and_tables(warehouse)
    named = {"contact_id": "Id", "first_name": "First", "email": "Email"}
    put("old.csv", "Id,First,Email\n1,Jana,jana@x.com\n")

    first = load_source(warehouse, contacts(columns=named), landing)
    put("new.csv", "Id,First,Email\n1,Jana,jana@x.com\n2,Ola,ola@x.com\n")
    second = load_source(warehouse, contacts(columns=named), landing)

    assert warehouse.execute("describe raw.contact").fetchall()[-1][0] == "first_name"
    assert [first.status, second.status] == ["loaded", "loaded"]
    assert warehouse.execute(
        "select distinct record_key, first_name, email, source, is_deleted from raw.contact "
        "order by all"
    ).fetchall() == [
        ("crm:1", "Jana", "jana@x.com", "contacts", False),
        ("crm:2", "Ola", "ola@x.com", "contacts", False),
    ]
