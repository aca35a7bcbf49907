"""Tables of the warehouse that are neither raw nor built by dbt: bookkeeping and identity."""

from __future__ import annotations

from ingest.tables.identity import IDENTITY_TABLES
from ingest.tables.identity_state import IDENTITY_STATE_TABLES
from ingest.tables.meta import META_TABLES
from ingest.tables.outbox import OUTBOX_TABLES
from ingest.tables.table import Table

TABLES: tuple[Table, ...] = META_TABLES + IDENTITY_TABLES + IDENTITY_STATE_TABLES + OUTBOX_TABLES

__all__ = ["TABLES", "Table"]
