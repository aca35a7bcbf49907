"""What customers owe, beside a count by hand over the raw invoices and payments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from acting_company import AS_OF, invoices, payments

pytestmark = pytest.mark.pipeline

RATES = {"EUR": Decimal(1), "USD": Decimal("0.9")}


def owed_again() -> dict[str, tuple[str | None, Decimal, Decimal | None, int]]:
    """Return customer, open amount, the same in euro, and other payments by invoice."""
    found: dict[str, tuple[str | None, Decimal, Decimal | None, int]] = {}
    for one in invoices():
        own = [
            payment
            for payment in payments()
            if payment["status"] != "failed"
            and payment["paid_at"] <= AS_OF
            and (
                payment["invoice_ref"] == f"t:{one['invoice_id']}"
                or (payment["invoice_ref"] is None
                    and payment.get("order_ref") == one.get("order_ref"))
            )
        ]  # fmt: skip
        paid = sum(p["amount"] for p in own if p["currency"] == one["currency"])
        left = one["amount"] - paid
        if one["status"] in ("paid", "void") or left <= 0:
            left = left if one["amount"] < 0 and one["status"] == "open" else Decimal(0)
        rate = RATES.get(one["currency"])
        customer = f"c_{(one['customer_ref'] or 'user_id:shop:bob').split(':')[-1]}"
        found[f"t:{one['invoice_id']}"] = (
            customer,
            left,
            None if rate is None else left * rate,
            sum(p["currency"] != one["currency"] for p in own),
        )
    return found


def test_an_invoice_is_open_for_what_was_not_paid_in_its_currency(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        invoice: tuple(rest)
        for invoice, *rest in acting_warehouse.execute(
            "select invoice_id, customer_id, open_amount, open_amount_base, "
            "other_currency_payment_count from marts.fct_invoices"
        ).fetchall()
    }
    assert found == owed_again()
    # 100 less 30 and the 5 given back; the euro paid on a dollar invoice is not guessed at
    assert found["t:i1"][1] == Decimal(75)
    assert found["t:i2"][1:] == (Decimal(200), Decimal(180), 1)
    assert found["t:i7"][:2] == ("c_bob", Decimal(45))


def test_receivables_are_the_open_invoices_by_age(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    buckets = {30: "1_to_30", 60: "31_to_60", 90: "61_to_90"}
    due = {f"t:{one['invoice_id']}": one["due_date"] for one in invoices()}
    again = {}
    for invoice, (_, left, _, _) in owed_again().items():
        if left <= 0:
            continue
        day: date | None = due[invoice]
        days = None if day is None else (AS_OF.date() - day).days
        bucket = "no_due_date" if days is None else "not_due" if days <= 0 else next(
            (name for limit, name in buckets.items() if days <= limit), "over_90"
        )  # fmt: skip
        again[invoice] = (bucket, None if days is None else max(days, 0), left)
    found = {
        invoice: tuple(rest)
        for invoice, *rest in acting_warehouse.execute(
            "select invoice_id, arrears_bucket, days_overdue, open_amount from marts.receivables"
        ).fetchall()
    }
    assert found == again
    assert {row[0] for row in found.values()} == {
        "no_due_date", "not_due", "1_to_30", "31_to_60", "61_to_90", "over_90",
    }  # fmt: skip
