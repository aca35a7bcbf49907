"""Raw invoices and payments in; what is settled, open and overdue out."""

from __future__ import annotations

import polars as pl

from tests.acceptance.counted_again.raw import Raw


def invoices(raw: Raw) -> pl.DataFrame:
    """Return the invoices with what is settled and open of each."""
    bills = raw.current("invoice")
    alone = bills.filter(pl.col("order_ref").is_not_null() & (pl.len().over("order_ref") == 1))
    alone = alone.select("order_ref", only_invoice="record_key")
    currencies = bills.select(invoice="record_key", billed_in="currency")
    paid = (
        raw.current("payment")
        .filter((pl.col("status") != "failed").fill_null(value=True))
        .filter(pl.col("paid_at") <= raw.as_of)
        .join(alone, on="order_ref", how="left")
        .with_columns(invoice=pl.coalesce("invoice_ref", "only_invoice"))
        .join(currencies, on="invoice")
        .filter(pl.col("currency") == pl.col("billed_in"))
        .group_by("invoice")
        .agg(paid_amount=pl.col("amount").sum())
    )
    status = pl.col("status").str.to_lowercase()
    frame = bills.join(paid, left_on="record_key", right_on="invoice", how="left").with_columns(
        is_void=(status == "void").fill_null(value=False),
        is_paid=(status == "paid").fill_null(value=False)
        | (pl.col("paid_at") <= raw.as_of).fill_null(value=False)
        | (pl.col("paid_amount") >= pl.col("amount")).fill_null(value=False),
    )
    part = pl.col("paid_amount").fill_null(0)
    frame = frame.with_columns(
        settled=pl.when("is_void").then(0).when("is_paid").then("amount").otherwise(part),
        open=pl.when(pl.col("is_void") | pl.col("is_paid")).then(0).otherwise(
            pl.col("amount") - part
        ),
        is_paid=pl.col("is_paid") & ~pl.col("is_void"),
    )  # fmt: skip
    return raw.with_base(frame, "issued_at", "open")


def receivables(raw: Raw) -> pl.DataFrame:
    late = (pl.lit(raw.as_of.date()) - pl.col("due_date")).dt.total_days()
    return (
        invoices(raw)
        .filter((pl.col("open") > 0) & (pl.col("issued_at") <= raw.as_of))
        .with_columns(
            bucket=pl.when(late.is_null()).then(pl.lit("no_due_date"))
            .when(late <= 0).then(pl.lit("not_due"))
            .when(late <= 30).then(pl.lit("1_to_30"))
            .when(late <= 60).then(pl.lit("31_to_60"))
            .when(late <= 90).then(pl.lit("61_to_90"))
            .otherwise(pl.lit("over_90")),
            days=pl.max_horizontal(late, 0),
        )
    )  # fmt: skip
