"""Shop exports: orders, lines, customers, products, invoices, payments, exchange rates."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from demo.company import orders as order_book
from demo.company.world import World
from demo.files.crm import account_ids, stamped
from demo.files.dirt import DUPLICATE_ROW, RAGGED_ROW, CellDirt
from demo.files.landing import Landing, Note
from demo.files.tables import export_csv
from demo.timeline import START, iso


def _cents(column: str) -> pl.Expr:
    # whole cents to text with two decimals, without a detour over binary fractions
    size = pl.col(column).abs()
    sign = pl.when(pl.col(column) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    rest = (size % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(sign, (size // 100).cast(pl.String), pl.lit("."), rest).alias(column)


def write_shop(landing: Landing, world: World) -> None:
    """Write everything the shop exports, and the bank's exchange rates."""
    _orders(landing, world)
    _lines(landing, world)
    _customers(landing, world)
    _products(landing, world)
    _billing(landing, world)
    _rates(landing, world)


def _orders(landing: Landing, world: World) -> None:
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
        subtotal=_cents("subtotal"),
        discount=_cents("discount"),
        shipping=_cents("shipping"),
        tax=_cents("tax"),
        total=_cents("total"),
        revenue=_cents("revenue"),
        refunded_amount=_cents("refunded"),
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


def _lines(landing: Landing, world: World) -> None:
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
        unit_price=_cents("list_price"),
        list_price=_cents("list_price").alias("list_price"),
        discount=_cents("discount"),
        cogs=_cents("cogs"),
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


def _customers(landing: Landing, world: World) -> None:
    frame = stamped(world.shop_accounts, created_at="recorded")
    rows = frame.select(
        customer_id="user_id",
        first_name="first",
        last_name="last",
        email=pl.col("email").str.to_titlecase(),
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


def _products(landing: Landing, world: World) -> None:
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


def _billing(landing: Landing, world: World) -> None:
    frame = stamped(
        world.invoices, issued_at="issued", due_at="due", paid_at="paid", modified_at="recorded"
    )
    rows = frame.select(
        "invoice_id",
        "order_id",
        customer_id="user_id",
        amount=_cents("total"),
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
    frame = stamped(world.payments, paid_at="day")
    rows = frame.select(
        "payment_id",
        "invoice_id",
        "order_id",
        customer_id="user_id",
        amount=_cents("total"),
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


def _rates(landing: Landing, world: World) -> None:
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
