"""Customers whose every record is deleted at its source: marked, and turned to by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

START = datetime.fromisoformat("2026-01-05 09:00:00")
GONE = START + timedelta(days=20)


def versions(number: str, *, deleted: datetime | None = None, **more: Any) -> list[dict[str, Any]]:
    """Return a contact as it was first stated, and as it was deleted."""
    first = {
        "contact_id": number, "last_name": f"Berg {number}", "email": f"{number}@firm.example",
        "recorded_at": START, **more,
    }  # fmt: skip
    gone = {**first, "recorded_at": deleted, "is_deleted": True}
    return [first] if deleted is None else [first, gone]


@pytest.fixture(scope="module")
def built(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    letter = {
        "conversation_ref": "c1", "channel": "email", "direction": "inbound",
        "interaction_type": "message", "started_at": START,
    }  # fmt: skip
    rows = {
        "contact": [
            *versions("kept"),
            *versions("gone", deleted=GONE),
            *versions("twice", deleted=GONE - timedelta(days=5)),
            *versions("merged", deleted=GONE, merged_into_ref="t:kept"),
            *versions("half", deleted=GONE),
            *versions("refused", deleted=GONE, has_opted_out_of_email=True),
            *versions("asked", deleted=GONE),
        ],
        "lead": [
            {"lead_id": "twice", "last_name": "Berg", "status": "open", "created_at": START,
             "recorded_at": GONE, "is_deleted": True},
            {"lead_id": "half", "last_name": "Berg", "status": "open", "created_at": START,
             "recorded_at": START},
        ],
        "consent": [
            {"consent_id": "1", "person_ref": "email:asked@firm.example", "purpose": "marketing",
             "status": "granted", "captured_at": GONE + timedelta(days=1),
             "recorded_at": GONE + timedelta(days=1)},
        ],
        "interaction": [
            letter | {"interaction_id": "m1", "from_ref": "email:writer@firm.example"},
            letter | {"interaction_id": "m2", "from_ref": "email:gone@firm.example"},
        ],
    }  # fmt: skip
    customers = {
        "kept": ["contact:t:kept", "contact:t:merged", "email:kept@firm.example"],
        "writer": ["email:writer@firm.example"],
        "half": ["contact:t:half", "lead:t:half"],
        "twice": ["contact:t:twice", "lead:t:twice"],
        **{one: [f"contact:t:{one}", f"email:{one}@firm.example"]
           for one in ("gone", "refused", "asked")},
    }  # fmt: skip
    path = build_warehouse(rows, customers, selection=["--select", "+channel_preference"])
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def test_who_has_no_record_any_more_is_marked_and_kept(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.sql(
        "select customer_id, is_deleted, deleted_at from marts.dim_customers"
    ).fetchall()

    assert {customer: deleted_at for customer, is_deleted, deleted_at in rows if is_deleted} == {
        "gone": GONE, "twice": GONE, "refused": GONE, "asked": GONE,
    }  # fmt: skip
    assert {customer for customer, is_deleted, _ in rows if not is_deleted} == {
        "kept", "half", "writer",
    }  # fmt: skip
    assert built.sql(
        "select count(*) from marts.fct_interactions where customer_id = 'gone'"
    ).fetchone() == (1,)


def test_sales_and_marketing_turn_to_nobody_who_is_deleted(
    built: duckdb.DuckDBPyConnection,
) -> None:
    def reasons(customer: str) -> dict[str, str]:
        return dict(
            built.execute(
                "select purpose, reason from intermediate.int_permissions__current "
                "where customer_id = ? and channel = 'email'",
                [customer],
            ).fetchall()
        )

    assert reasons("gone") == {
        "marketing": "deleted", "sales": "deleted", "service": "not_denied",
    }  # fmt: skip
    assert reasons("half")["sales"] == "not_denied"
    # a no said before the record was deleted still stands, a yes said afterwards counts
    assert reasons("refused")["marketing"] == "opted_out"
    assert reasons("asked") == {
        "marketing": "granted", "sales": "deleted", "service": "not_denied",
    }  # fmt: skip


def test_no_channel_is_left_for_sales(built: duckdb.DuckDBPyConnection) -> None:
    allowed = built.sql(
        "select customer_id, bool_or(is_sales_allowed), bool_or(is_service_allowed) "
        "from crm.channel_preference where customer_id in ('gone', 'writer') group by 1 order by 1"
    ).fetchall()

    assert allowed == [("gone", False, True), ("writer", True, True)]
