"""Raw orders, their lines and the products in them in; what was sold out."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from tests.acceptance.counted_again.raw import Raw


def orders(raw: Raw) -> pl.DataFrame:
    lines = raw.current("order_line").group_by("order_ref").agg(line_count=pl.len())
    frame = raw.with_customer(raw.current("order"), "customer_ref").join(
        lines, left_on="record_key", right_on="order_ref", how="left"
    )
    status = pl.col("status").str.to_lowercase()
    return raw.with_base(frame, "placed_at", "revenue", "total").with_columns(
        line_count=pl.col("line_count").fill_null(0),
        is_cancelled=(status == "cancelled").fill_null(value=False)
        | pl.col("cancelled_at").is_not_null(),
        is_returned=status.is_in(["refunded", "returned"]).fill_null(value=False)
        | (pl.col("refunded_amount").fill_null(0) > 0),
    )


def order_lines(raw: Raw) -> pl.DataFrame:
    of_orders = orders(raw).select(
        "customer_id", "is_cancelled", order_ref="record_key", order_returned="is_returned"
    )
    lines = raw.current("order_line").join(of_orders, on="order_ref", how="left")
    paid = (pl.col("quantity") * pl.col("unit_price")).round().cast(pl.Int64)
    frame = lines.with_columns(revenue=paid - pl.col("discount").fill_null(0))
    return raw.with_base(frame, "placed_at", "revenue", "cogs").with_columns(
        is_returned=(pl.col("quantity") < 0) | pl.col("order_returned").fill_null(value=False)
    )


def products_by_month(raw: Raw) -> pl.DataFrame:
    lines = order_lines(raw).filter(
        ~pl.col("is_cancelled")
        & pl.col("product_ref").is_not_null()
        & (pl.col("placed_at") < raw.as_of)
    )
    sold = pl.col("quantity") > 0
    months = lines.group_by(
        "product_ref", month=pl.col("placed_at").dt.truncate("1mo").cast(pl.Date)
    ).agg(
        orders=pl.col("order_ref").filter(sold).n_unique(),
        quantity=pl.col("quantity").filter(sold).sum(),
        returned=-pl.col("quantity").filter(pl.col("quantity") < 0).sum(),
        revenue=pl.col("revenue_base").sum(),
        margin=(pl.col("revenue_base") - pl.col("cogs_base")).sum(),
    )
    return months.with_columns(
        rank=pl.col("revenue").rank("min", descending=True).over("month").cast(pl.Int64),
    )


def cohorts(raw: Raw) -> dict[tuple[date, int], tuple[int, int, int, int]]:
    """Return customers, customers who came back, orders, and revenue by cohort and month."""
    bought = orders(raw).filter(
        pl.col("customer_id").is_not_null()
        & ~pl.col("is_cancelled")
        & (pl.col("placed_at") < raw.as_of)
    )
    number = pl.col("placed_at").dt.year() * 12 + pl.col("placed_at").dt.month() - 1
    first = pl.col("month").min().over("customer_id")
    bought = bought.with_columns(month=number.cast(pl.Int64)).with_columns(first=first)
    sizes = bought.group_by("first").agg(pl.col("customer_id").n_unique()).rows()
    active = {
        (cohort, month): tuple(figures)
        for cohort, month, *figures in bought.group_by("first", "month")
        .agg(pl.col("customer_id").n_unique(), pl.len(), pl.col("revenue_base").sum())
        .iter_rows()
    }
    last_moment = raw.as_of - timedelta(microseconds=1)
    last = last_moment.year * 12 + last_moment.month - 1
    return {
        (date(cohort // 12, cohort % 12 + 1, 1), month - cohort): (
            size, *active.get((cohort, month), (0, 0, 0)),
        )
        for cohort, size in sizes
        for month in range(cohort, last + 1)
    }  # fmt: skip
