"""What several exports say about the same person, colleague, deal or decision, built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

CUSTOMERS = {"c_ana": ["email:ana@acme.example"]}


def at(month: int, day: int, hour: int = 9) -> datetime:
    """Return a moment in 2026."""
    return datetime(2026, month, day, hour)  # noqa: DTZ001 - as in the warehouse, UTC


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return what the loader would have written."""
    left = {"email_event_id": "leaving", "recipient_ref": "email:ana@acme.example"}
    return {
        # HubSpot tells that somebody left once, and the loader makes both of it
        "email_event": [{**left, "event_type": "unsubscribe", "event_at": at(3, 1)}],
        "consent": [
            {
                "consent_id": "leaving",
                "person_ref": "email:ana@acme.example",
                "purpose": "marketing",
                "channel": "email",
                "status": "withdrawn",
                "captured_at": at(3, 1),
            }
        ],
    }


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the built warehouse."""
    with duckdb.connect(str(build_warehouse(rows(), CUSTOMERS)), read_only=True) as con:
        yield con


def test_a_decision_told_as_event_and_as_consent_is_one(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select customer_id, purpose, channel, is_granted, decided_at "
        "from intermediate.int_consents__unioned"
    ).fetchall() == [("c_ana", "marketing", "email", False, at(3, 1))]
