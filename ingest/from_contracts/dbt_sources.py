"""Contracts in, the text of dbt's ``_raw__sources.yml`` out."""

from __future__ import annotations

from typing import Any

import yaml

from ingest.contracts import CONTRACTS, DUCKDB_TYPES, Column, Contract
from ingest.from_contracts.schema import raw_columns

HEADER = (
    "# Written by ingest.from_contracts.dbt_sources from ingest/contracts; "
    "a test compares the two.\n"
)


def render_sources_yaml() -> str:
    """Return the YAML that declares every ``raw`` table and column as a dbt source."""
    document = {
        "version": 2,
        "sources": [
            {
                "name": "raw",
                "schema": "raw",
                "description": "Every version of every record, as its source gave it.",
                "tables": [_table(CONTRACTS[name]) for name in sorted(CONTRACTS)],
            }
        ],
    }
    return HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _table(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.name,
        "description": f"{contract.grain[0].upper()}{contract.grain[1:]}.",
        "config": {"meta": {"kind": contract.kind, "key": [c.name for c in contract.key]}},
        "columns": [_column(column) for column in raw_columns(contract)],
    }


def _column(column: Column) -> dict[str, Any]:
    meta: dict[str, str] = {"sensitivity": column.sensitivity}
    if column.ref:
        meta["ref"] = column.ref
    if column.identifier:
        meta["identifier"] = column.identifier
    return {
        "name": column.name,
        "description": column.description,
        "data_type": DUCKDB_TYPES[column.type],
        "config": {"meta": meta},
    }
