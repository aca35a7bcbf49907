"""Rows written in a test as dicts in; raw and identity tables out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS, LINEAGE
from ingest.from_contracts.schema import raw_table

ROOT = Path(__file__).resolve().parents[2]
LOADED_AT = datetime.fromisoformat("2030-01-01")
SETTINGS = {
    "as_of": "2026-07-01",
    "base_currency": "EUR",
    "company_domains": "[]",
    "company_name": "Nordlicht",
    "default_region": "DE",
    "fiscal_year_start_month": "1",
    "time_zone": "Europe/Berlin",
}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def insert_rows(con: duckdb.DuckDBPyConnection, rows: Rows, namespace: str = "t") -> None:
    """Insert rows of raw entities; keys, hashes and lineage are filled as the loader would.

    A column named in the lineage may be given too, e.g. ``recorded_at`` or ``is_deleted``.
    """
    for entity, records in rows.items():
        contract = CONTRACTS[entity]
        columns = [*contract.column_names, *(column.name for column in LINEAGE)]
        marks = ", ".join("?" for _ in columns)
        values = []
        for index, record in enumerate(records, start=1):
            unknown = set(record) - set(columns)
            assert not unknown, f"{entity} has no {unknown}"
            own_id = "|".join(str(record.get(column.name)) for column in contract.key)
            occurred_at = record.get(contract.occurred_at) if contract.occurred_at else None
            text = json.dumps(record, default=str, sort_keys=True)
            lineage = {
                "record_key": f"{namespace}:{own_id}",
                "source": "test",
                "source_record_id": own_id,
                "record_hash": hashlib.sha256(text.encode()).hexdigest(),
                "file": "test.csv",
                "position": index,
                "batch_id": "b1",
                "occurred_at": occurred_at,
                "known_at": record.get("recorded_at") or occurred_at or LOADED_AT,
                "ingested_at": LOADED_AT,
                "is_deleted": False,
            }
            whole = {**lineage, **record}
            values.append([whole.get(column) for column in columns])
        if values:
            con.executemany(f"insert into {raw_table(entity)} values ({marks})", values)


def insert_customers(
    con: duckdb.DuckDBPyConnection,
    customers: Mapping[str, Sequence[str]],
    organizations: Sequence[str] = (),
) -> None:
    """Insert the identity tables for ``customer_id -> identifiers``."""
    seen_at = datetime.fromisoformat("2026-01-01")
    for customer_id, identifiers in customers.items():
        kind = "organization" if customer_id in organizations else "person"
        con.execute(
            "insert into identity.customers values (?, ?, ?, ?, ?, ?, 'active', null)",
            [customer_id, kind, identifiers[0], seen_at, seen_at, len(identifiers)],
        )
        for identifier in identifiers:
            con.execute(
                "insert into identity.identifier_map values (?, ?, ?, ?, ?, ?, null, true)",
                [identifier, identifier.split(":")[0], customer_id, seen_at, seen_at, seen_at],
            )


def insert_scores(con: duckdb.DuckDBPyConnection, scores: Rows) -> None:
    """Create tables of schema crm as a scoring run would leave them."""
    con.execute("create schema if not exists crm")
    for table, rows in scores.items():
        con.register("scored", pl.DataFrame(rows, infer_schema_length=None))
        con.execute(f"create table crm.{table} as select * from scored")
        con.unregister("scored")
