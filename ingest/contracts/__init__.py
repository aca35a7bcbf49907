"""Every entity the warehouse knows, declared once.

CONTRACTS["order"].columns  ->  Arrow schema, DuckDB table, expectation suite,
dbt source YAML, data dictionary
"""

from __future__ import annotations

from ingest.contracts import (
    commerce,
    interactions,
    marketing,
    people,
    reference,
    sales,
    service,
)  # fmt: skip
from ingest.contracts.contract import DUCKDB_TYPES, LINEAGE, Column, Contract

CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for domain in (interactions, people, sales, marketing, commerce, service, reference)
    for contract in domain.CONTRACTS
}

__all__ = ["CONTRACTS", "DUCKDB_TYPES", "LINEAGE", "Column", "Contract"]
