"""Invoices and payments: orders in, what was billed and paid when out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import stream
from demo.company.orders import Orders
from demo.timeline import LAST_MOMENT

TERMS_DAYS = 14


def make_invoices(seed: int, orders: Orders, is_business: np.ndarray) -> pl.DataFrame:
    """Return every version of every invoice: open when issued, paid later.

    Business customers pay by transfer, mostly around the due date; one in twenty is late by
    weeks. Private customers pay by card when they order and get no invoice.

    Parameters
    ----------
    is_business
        Boolean per customer.
    """
    rng = stream(seed, "billing")
    billed = orders.table.filter(
        pl.Series(is_business).gather(orders.table["customer"]) & (pl.col("fate") != "cancelled")
    )
    count = len(billed)
    issued = billed["day"].to_numpy() + 0.02
    late = rng.random(count) < 0.05
    paid = issued + np.where(late, rng.uniform(25, 75, count), rng.normal(11, 3, count).clip(1))
    base = billed.select("order", "order_id", "user_id", "total", "currency").with_columns(
        invoice_id=pl.format("INV{}", pl.int_range(1, count + 1)),
        issued=pl.Series(issued),
        due=pl.Series(issued + TERMS_DAYS),
    )
    opened = base.with_columns(
        paid=pl.lit(None, pl.Float64), status=pl.lit("open"), recorded="issued"
    )
    settled = base.with_columns(paid=pl.Series(paid), status=pl.lit("paid")).with_columns(
        recorded="paid"
    )
    return (
        pl.concat([opened, settled])
        .filter(pl.col("recorded") < LAST_MOMENT)
        .sort("recorded", "invoice_id")
    )


def make_payments(seed: int, orders: Orders, invoices: pl.DataFrame) -> pl.DataFrame:
    """Return one row per payment: of a paid invoice, or by card with the order."""
    rng = stream(seed, "payments")
    transfers = invoices.filter(pl.col("status") == "paid").select(
        "order", "order_id", "invoice_id", "user_id", "total", "currency", day="paid",
        method=pl.lit("transfer"),
    )  # fmt: skip
    cards = (
        orders.table.join(invoices.select("order").unique(), on="order", how="anti")
        .filter(pl.col("fate") != "cancelled")
        .select(
            "order", "order_id", pl.lit(None, pl.String).alias("invoice_id"), "user_id", "total",
            "currency", day=pl.col("day") + 0.001, method=pl.lit("card"),
        )
    )  # fmt: skip
    both = pl.concat([transfers, cards]).filter(pl.col("day") < LAST_MOMENT).sort("day", "order")
    failed = rng.random(len(both)) < 0.01
    return both.with_columns(
        payment_id=pl.format("PAY{}", pl.int_range(1, len(both) + 1)),
        status=pl.when(pl.Series(failed) & (pl.col("method") == "card"))
        .then(pl.lit("failed"))
        .otherwise(pl.lit("succeeded")),
    )
