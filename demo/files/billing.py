"""Exports of money: invoices, payments, exchange rates."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, RAGGED_ROW, CellDirt
from demo.files.export_columns import cents, stamped
from demo.files.landing import Landing, Note
from demo.files.tables import export_csv
from demo.timeline import START, iso


def write_invoices(landing: Landing, world: World) -> None:
    """Write invoices as issued and as paid."""
    frame = stamped(
        world.invoices, issued_at="issued", due_at="due", paid_at="paid", modified_at="recorded"
    )
    rows = frame.select(
        "invoice_id",
        "order_id",
        customer_id="user_id",
        amount=cents("total"),
        currency="currency",
        issued_at=iso("issued_at"),
        due_date=pl.col("due_at").dt.date(),
        paid_at=iso("paid_at"),
        status="status",
        modified_at=iso("modified_at"),
    )
    dirt: tuple[CellDirt, ...] = (
        DUPLICATE_ROW,
        CellDirt("missing_required", "quarantined", 0.002, "amount", None),
    )
    export_csv(
        landing, "shop/{day}/invoices.csv", rows, frame["recorded"], kind="invoices", dirt=dirt
    )


def write_payments(landing: Landing, world: World) -> None:
    """Write the payments."""
    frame = stamped(world.payments, paid_at="day")
    rows = frame.select(
        "payment_id",
        "invoice_id",
        "order_id",
        customer_id="user_id",
        amount=cents("total"),
        currency="currency",
        method="method",
        status="status",
        paid_at=iso("paid_at"),
    )
    dirt = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("amount_not_numeric", "quarantined", 0.002, "amount", "zwölf"),
    )
    export_csv(landing, "shop/{day}/payments.csv", rows, frame["day"], kind="payments", dirt=dirt)


def write_rates(landing: Landing, world: World) -> None:
    """Write the bank's exchange rates; one file arrives twice."""
    rows = world.rates.sort("rate_date", "from_currency")
    days = (rows["rate_date"] - START.date()).dt.total_days().cast(pl.Float64) + 0.6
    shown = rows.select(
        "rate_date", "from_currency", "to_currency", "rate",
        published_at=pl.format("{}T14:24:00Z", pl.col("rate_date").cast(pl.String)),
    )  # fmt: skip
    dirt = (CellDirt("number_not_numeric", "quarantined", 0.002, "rate", "-"),)
    export_csv(landing, "fx/rates-{month}.csv", shown, days, kind="fx_rates", dirt=dirt)
    _same_file_again(landing, "fx/rates-2025-03.csv", "fx/rates-2025-03_copy.csv")


def _same_file_again(landing: Landing, original: str, copy: str) -> None:
    content = (landing.root / original).read_bytes()
    landing.write(copy, content, "fx_rates", content.count(b"\n") - 1)
    landing.dirt.append(Note(copy, 0, "duplicate_file", "duplicate"))
    landing.dirt.extend(
        replace(note, file=copy)
        for note in landing.dirt[:]
        if note.file == original and note.expected == "quarantined"
    )
