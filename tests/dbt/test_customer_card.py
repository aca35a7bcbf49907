"""A customer's card says how to reach the customer, what was agreed and what is owed and due."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from acting_company import at

pytestmark = pytest.mark.pipeline


def test_the_card_has_address_last_note_debts_and_the_next_action(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    cards = {
        name: tuple(rest)
        for name, *rest in acting_warehouse.execute(
            "select customer_id, email, preferred_channel, last_note_subject, last_note_at, "
            "open_invoice_amount_base, overdue_amount_base from marts.customer_360"
        ).fetchall()
    }
    assert cards["c_dan"][:4] == ("dan@x.com", "email", "Agreed 5 %", at(6, 29, 1))
    # 75 left of i1, 180 of i2 in euro, 50.5 of i5; i6 is not due, i9 has no rate
    assert cards["c_ada"][4:] == (Decimal("365.5"), Decimal("305.5"))
    assert cards["c_bob"][4:] == (Decimal(45), Decimal(0))


def test_the_next_action_of_a_card_is_the_most_urgent_one(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    actions: dict[str, list[tuple[int, object, str, str]]] = {}
    for name, *action in acting_warehouse.execute(
        "select customer_id, priority, due_at, action_id, reason_code from crm.next_actions "
        "where customer_id is not null"
    ).fetchall():
        actions.setdefault(name, []).append(tuple(action))
    again = {name: min(found) for name, found in actions.items()}
    found = {
        name: (reason, due_at)
        for name, reason, due_at in acting_warehouse.execute(
            "select customer_id, next_action_reason, next_action_due_at from marts.customer_360 "
            "where next_action_reason is not null"
        ).fetchall()
    }
    assert found == {name: (one[3], one[1]) for name, one in again.items()}
    assert {"c_ada", "c_org"} <= found.keys()
