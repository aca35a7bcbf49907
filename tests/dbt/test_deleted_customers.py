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
            *versions("half-refused", deleted=GONE, has_opted_out_of_email=True, do_not_call=True),
        ],
        "order": [
            {"order_id": f"o-{who}", "customer_ref": f"email:{who}@firm.example",
             "status": "completed", "placed_at": datetime.fromisoformat("2026-06-20"),
             "total": 100, "currency": "EUR"}
            for who in ("kept", "gone", "asked", "writer")
        ],
        "opportunity": [
            {"opportunity_id": f"q-{who}", "primary_contact_ref": f"t:{who}",
             "stage_name": "Proposal", "created_at": START + timedelta(days=2),
             "is_closed": False}
            for who in ("kept", "gone")
        ],
        "lead": [
            {"lead_id": "twice", "last_name": "Berg", "status": "open", "created_at": START,
             "recorded_at": GONE, "is_deleted": True},
            *({"lead_id": one, "last_name": "Berg", "status": "open", "created_at": START,
               "recorded_at": START} for one in ("half", "half-refused")),
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
        "half-refused": ["contact:t:half-refused", "lead:t:half-refused"],
        "twice": ["contact:t:twice", "lead:t:twice"],
        **{one: [f"contact:t:{one}", f"email:{one}@firm.example"]
           for one in ("gone", "refused", "asked")},
    }  # fmt: skip
    scores = {
        "customer_segments": [
            {"customer_id": who, "as_of": START + timedelta(days=10), "segment_name": "Loyal"}
            for who in ("kept", "gone", "asked")
        ],
    }
    path = build_warehouse(
        rows,
        customers,
        scores=scores,
        selection=[
            "--select", "+channel_preference", "+audience_membership", "+next_best_offer",
            "+document_payload",
        ],
    )  # fmt: skip
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
        "kept", "half", "half-refused", "writer",
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


def test_nobody_is_said_to_want_mail_of_whom_no_record_is_left(
    built: duckdb.DuckDBPyConnection,
) -> None:
    said = built.sql(
        "select customer_id, has_opted_out_of_email, do_not_call from marts.dim_customers"
    ).fetchall()

    assert {who: (mail, call) for who, mail, call in said} == {
        "kept": (False, False), "writer": (False, False), "half": (False, False),
        # one of their records said so before it was deleted, the other is still there
        "half-refused": (True, True),
        "refused": (True, None),
        "gone": (None, None), "twice": (None, None), "asked": (None, None),
    }  # fmt: skip


def test_an_audience_ends_with_who_is_deleted(built: duckdb.DuckDBPyConnection) -> None:
    stays = built.sql(
        "select customer_id, audience_id, entered_at, exited_at from crm.audience_membership "
        "where audience_id = 'segment:Loyal' order by all"
    ).fetchall()
    entered = START + timedelta(days=10)

    assert stays == [
        # agreed to marketing since
        ("asked", "segment:Loyal", entered, None),
        ("gone", "segment:Loyal", entered, GONE),
        ("kept", "segment:Loyal", entered, None),
    ]


def test_nothing_is_offered_or_proposed_to_who_is_deleted(
    built: duckdb.DuckDBPyConnection,
) -> None:
    def customers_of(table: str, condition: str = "true") -> set[str]:
        found = built.execute(f"select customer_id from crm.{table} where {condition}")
        return {who for (who,) in found.fetchall()}

    assert customers_of("next_best_offer") == {"kept", "writer", "asked"}
    assert customers_of("next_best_offer", "offer_id <> 'do_nothing'") == {"asked"}
    assert customers_of("document_payload", "entity_type = 'opportunity'") == {"kept"}
    # what they bought stays, with its papers
    assert customers_of("document_payload", "entity_type = 'order'") >= {"kept", "gone"}
    assert built.sql(
        "select count(*) from marts.fct_orders where customer_id = 'gone'"
    ).fetchone() == (1,)
