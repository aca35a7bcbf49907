"""The warehouse's own tables: contracts and table declarations in, DDL and schemas out.

The one place of DDL for everything that dbt does not build. Running it again changes nothing;
running it after a contract gained a column adds that column.
"""

from __future__ import annotations

import json
from datetime import date

import duckdb
import polars as pl
import pyarrow as pa

from ingest import storage
from ingest.contracts import CONTRACTS, DUCKDB_TYPES, LINEAGE, Column, Contract
from ingest.from_contracts.column_types import POLARS_TYPES
from ingest.from_contracts.empty_tables import copy_empty_tables
from ingest.source import Company
from ingest.tables import TABLES

SCHEMAS = (
    "raw", "identity", "staging", "intermediate", "marts", "features", "crm", "meta",
)  # fmt: skip

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.decimal128(18, 4),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "text[]": pa.list_(pa.string()),
    "json": pa.string(),
}

ALL_DIFFERENT = frozenset(
    {
        "record_key", "source_record_id", "attributes", "body_text", "order_ref", "invoice_ref",
        "customer_ref", "ticket_ref", "recipient_ref", "email_id",
    }
)  # fmt: skip
"""Columns that are nearly as many values as rows, as the keys are, or half as many: a dictionary of
them saves little. All other texts recur. DuckDB is told, and does not try all it has first, which
was a quarter of an insert."""

RANDOM = frozenset({"record_hash"})
"""Columns of random digits: to spare half of their length takes a 25th of the time of a load."""


def raw_columns(contract: Contract) -> tuple[Column, ...]:
    """Return the columns of ``raw.<entity>``: the entity's own, then the lineage."""
    return contract.columns + LINEAGE


def polars_schema(contract: Contract) -> dict[str, pl.DataType]:
    """Return the Polars type of every column of ``raw.<entity>``, in order."""
    return {column.name: POLARS_TYPES[column.type] for column in raw_columns(contract)}


def arrow_schema(contract: Contract) -> pa.Schema:
    """Return the Arrow schema of ``raw.<entity>``; required columns are not nullable."""
    return pa.schema(
        [
            pa.field(
                column.name,
                ARROW_TYPES[column.type],
                nullable=not column.required,
                metadata={"description": column.description, "sensitivity": column.sensitivity},
            )
            for column in raw_columns(contract)
        ]
    )


def raw_table(entity: str) -> str:
    """Return the quoted name of the entity's raw table."""
    return f'"raw"."{CONTRACTS[entity].name}"'


def create_schemas_and_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create every schema and every table that dbt does not build, with comments.

    Idempotent and atomic; columns that a table lacks are added, none is ever dropped.
    """
    existing = _existing_columns(con)
    # files of earlier code do not know these ways of packing, and their tables are there already
    told = storage.is_ours(con)
    if not existing and copy_empty_tables(con, _statements({}, told=told)):
        return
    con.begin()
    try:
        for statement in _statements(existing, told=told):
            con.execute(statement)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _statements(existing: dict[tuple[str, str], set[str]], *, told: bool) -> list[str]:
    """Return the DDL for what does not exist yet."""
    statements = [f'create schema if not exists "{schema}"' for schema in SCHEMAS]
    for contract in CONTRACTS.values():
        columns = tuple(
            (c.name, _definition(c, told=told), c.description) for c in raw_columns(contract)
        )
        comment = f"{contract.grain} ({contract.kind})"
        statements += _of_table("raw", contract.name, comment, columns, existing)
    for table in TABLES:
        statements += _of_table(table.schema, table.name, table.comment, table.columns, existing)
    return statements


def _existing_columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], set[str]]:
    """Return the columns of every table there is."""
    columns: dict[tuple[str, str], set[str]] = {}
    # to be asked for the first time, the columns of DuckDB's own views take 20 ms to plan
    if not con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() limit 1"
    ).fetchall():
        return columns
    for schema, table, column in con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where database_name = current_database()"
    ).fetchall():
        columns.setdefault((schema, table), set()).add(column)
    return columns


def _definition(column: Column, *, told: bool) -> str:
    """Return type and constraint of a raw column, and how it is packed where DuckDB is ``told``."""
    packing = ""
    if told and column.type in {"text", "json"}:
        is_unique = column.key or column.name in ALL_DIFFERENT
        way = "zstd" if is_unique else "dict_fsst"
        packing = f" using compression {'uncompressed' if column.name in RANDOM else way}"
    return DUCKDB_TYPES[column.type] + packing + (" not null" if column.required else "")


def _of_table(
    schema: str,
    name: str,
    comment: str,
    columns: tuple[tuple[str, str, str], ...],
    existing: dict[tuple[str, str], set[str]],
) -> list[str]:
    """Return the DDL that creates one table, or adds the columns it lacks."""
    table = f'"{schema}"."{name}"'
    present = existing.get((schema, name))
    statements = []
    if present is None:
        body = ", ".join(f'"{column}" {type_}' for column, type_, _ in columns)
        statements.append(f"create table {table} ({body})")
        statements.append(f"comment on table {table} is {_literal(comment)}")
    for column, type_, description in columns:
        if present is not None:
            if column in present:
                continue
            # DuckDB cannot add a column with a constraint: rows from before have no value for it
            nullable = type_.removesuffix(" not null").removesuffix(" primary key")
            statements.append(f'alter table {table} add column "{column}" {nullable}')
        statements.append(f'comment on column {table}."{column}" is {_literal(description)}')
    return statements


def _literal(text: str) -> str:
    """Quote a text for DDL, which takes no bound values; texts come from declarations only."""
    return "'" + text.replace("'", "''") + "'"


def write_settings(con: duckdb.DuckDBPyConnection, company: Company, as_of: date) -> None:
    """Write ``meta.settings``, replacing what was there.

    Parameters
    ----------
    as_of
        The day whose beginning (UTC) everything is computed as of.
    """
    settings = {
        "as_of": as_of.isoformat(),
        "base_currency": company.base_currency,
        "company_domains": json.dumps(list(company.domains)),
        "company_name": company.name,
        "default_region": company.default_region,
        "fiscal_year_start_month": str(company.fiscal_year_start_month),
        "time_zone": company.time_zone,
    }
    # one statement: each of its own is a transaction, and waits for the disk
    con.execute(
        "insert or replace into meta.settings (name, value) select unnest($names), unnest($values)",
        {"names": list(settings), "values": list(settings.values())},
    )
