"""A landing folder and a warehouse for loader tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.source import Company, Source


@pytest.fixture
def warehouse(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a warehouse with its tables, all empty."""
    create_schemas_and_tables(con)
    return con


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Return an empty landing folder."""
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


@pytest.fixture
def put(landing: Path) -> Callable[[str, str | bytes], Path]:
    """Return a function that puts a file into the landing folder."""

    def write(path: str, content: str | bytes) -> Path:
        file = landing / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


@pytest.fixture
def contacts() -> Callable[..., Source]:
    """Return a maker of sources of contacts in CSV."""

    def make(**given: Any) -> Source:
        settings: dict[str, Any] = {
            "name": "contacts",
            "format": "csv",
            "path": "**/*.csv",
            "namespace": "crm",
            "entity": "contact",
            "columns": {"contact_id": "Id", "email": "Email", "phone": "Phone"},
            "company": Company(),
        }
        return Source(**(settings | given))

    return make


@pytest.fixture
def web_events() -> Callable[..., Source]:
    """Return a maker of sources of web events in CSV."""

    def make(**given: Any) -> Source:
        settings: dict[str, Any] = {
            "name": "web",
            "format": "csv",
            "path": "**/*.csv",
            "namespace": "web",
            "entity": "web_event",
            "columns": {"event_id": "id", "event_type": "type", "event_at": "at"},
            "company": Company(),
        }
        return Source(**(settings | given))

    return make


@pytest.fixture
def payments() -> Callable[..., Source]:
    """Return a maker of sources of payments in CSV."""

    def make(**given: Any) -> Source:
        columns = {"payment_id": "id", "amount": "amount", "paid_at": "at", "status": "status"}
        settings: dict[str, Any] = {
            "name": "payments",
            "format": "csv",
            "path": "**/*.csv",
            "namespace": "shop",
            "entity": "payment",
            "columns": columns,
            "unmapped": "drop",
            "company": Company(),
        }
        return Source(**(settings | given))

    return make
