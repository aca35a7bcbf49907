"""Shop exports: orders, order lines, customers, products."""

from __future__ import annotations

import polars as pl

from demo.company import orders as order_book
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, RAGGED_ROW, CellDirt
from demo.files.export_columns import account_ids, cents, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv
from demo.timeline import iso


def write_orders(landing: Landing, world: World) -> None:
    """Write orders as placed and as settled."""
    won = world.opportunities.filter(pl.col("won") & (pl.col("lead") >= 0))
    first = world.customers.table.select("customer", "person", "account").join(
        won.select("person", "opportunity_id"), on="person", how="left", maintain_order="left"
    )
    versions = order_book.versions(world.orders).join(
        first, on="customer", how="left", maintain_order="left"
    )
    frame = stamped(versions, placed_at="day", modified_at="recorded", cancelled_at="cancelled")
    rows = frame.select(
        "order_id",
        customer_id="user_id",
        account_id=account_ids(),
        opportunity_id=pl.when(pl.col("rank") == 0).then("opportunity_id"),
        status="status",
        placed_at=iso("placed_at"),
        subtotal=cents("subtotal"),
        discount=cents("discount"),
        shipping=cents("shipping"),
        tax=cents("tax"),
        total=cents("total"),
        revenue=cents("revenue"),
        refunded_amount=cents("refunded"),
        currency="currency",
        coupon="coupon",
        affiliation=pl.lit("Nordlicht Shop"),
        country="country",
        cancelled_at=iso("cancelled_at"),
        modified_at=iso("modified_at"),
    )  # fmt: skip
    dirt = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("amount_not_numeric", "quarantined", 0.0015, "total", "n/a EUR"),
        CellDirt("missing_key", "quarantined", 0.0015, "order_id", None),
        CellDirt("unreadable_time", "quarantined", 0.001, "placed_at", "2025-02-30T10:00:00Z"),
    )
    export_csv(landing, "shop/{day}/orders.csv", rows, frame["recorded"], kind="orders", dirt=dirt)


def write_order_lines(landing: Landing, world: World) -> None:
    """Write order lines; what came back is a negative line."""
    goods = world.products.select("product", "sku", "name")
    lines = (
        world.orders.lines.join(
            world.orders.table.select("order", "order_id", "user_id", "currency"),
            on="order", maintain_order="left",
        )
        .join(goods, on="product", maintain_order="left")
        .sort("recorded", "order", "line")
    )  # fmt: skip
    frame = stamped(lines, placed_at="day", modified_at="recorded")
    rows = frame.select(
        "order_id",
        line="line",
        customer_id="user_id",
        sku="sku",
        product_name="name",
        quantity="quantity",
        unit_price=cents("list_price"),
        list_price=cents("list_price").alias("list_price"),
        discount=cents("discount"),
        cogs=cents("cogs"),
        currency="currency",
        placed_at=iso("placed_at"),
        modified_at=iso("modified_at"),
    )
    dirt = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("missing_required", "quarantined", 0.0015, "quantity", None),
        CellDirt("amount_not_numeric", "quarantined", 0.0015, "unit_price", "free"),
    )
    export_csv(
        landing, "shop/{day}/order_lines.csv", rows, frame["recorded"],
        kind="order_lines", dirt=dirt,
    )  # fmt: skip


def write_shop_customers(landing: Landing, world: World) -> None:
    """Write the customers as they registered."""
    frame = stamped(world.shop_accounts, created_at="recorded")
    rows = frame.select(
        customer_id="user_id",
        first_name="first",
        last_name="last",
        email=pl.col("shop_email").str.to_titlecase(),
        phone="shop_phone",
        street="street",
        city="city",
        postal_code="postal_code",
        country="country",
        birth_date="birth_date",
        gender="gender",
        locale="locale",
        time_zone="time_zone",
        newsletter="newsletter",
        created_at=iso("created_at", "+00:00"),
        modified_at=iso("created_at", "+00:00"),
    )
    dirt = (DUPLICATE_ROW, CellDirt("missing_key", "quarantined", 0.003, "customer_id", None))
    export_csv(
        landing, "shop/{day}/customers.csv", rows, frame["recorded"], kind="customers", dirt=dirt
    )


def write_products(landing: Landing, world: World) -> None:
    """Write the price list, and again after the stock count."""
    first = world.products.with_columns(recorded=pl.lit(0.0))
    # stock is counted again after a year
    rng_stock = (pl.col("stock_on_hand") * 7 % 883) + 15
    counted = world.products.with_columns(recorded=pl.lit(365.4), stock_on_hand=rng_stock)
    frame = stamped(pl.concat([first, counted]), changed_at="recorded")
    rows = frame.select(
        "sku", "name", "category", "family", "brand", "list_price", "cost",
        currency=pl.lit("EUR"), launched_on="launched_on", stock_on_hand="stock_on_hand",
        lead_time_days="lead_time_days", modified_at=iso("changed_at"),
    )  # fmt: skip
    export_csv(landing, "shop/{day}/products.csv", rows, frame["recorded"], kind="products")
