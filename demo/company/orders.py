"""Orders: the days customers buy in, documents with lines, discounts and returns out.

Amounts are whole cents of the order's currency until they are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.chance import rank_within, repeat_index, stream
from demo.company.customers import SEGMENTS, Customers
from demo.company.fx import daily_rates
from demo.company.products import preferred
from demo.names import CURRENCIES
from demo.timeline import LAST_MOMENT

VAT = 0.19
CANCELLED_SHARE = 0.025
FREE_SHIPPING_FROM, SHIPPING = 10_000, 490
"""Cents: orders below 100 pay 4.90 shipping."""


@dataclass(frozen=True, slots=True)
class Orders:
    """``table`` one row per order, ``lines`` one per line, returned lines negative."""

    table: pl.DataFrame
    lines: pl.DataFrame


def make_orders(seed: int, customers: Customers, products: pl.DataFrame) -> Orders:
    """Return the orders that the customers' buying days stand for."""
    rng = stream(seed, "orders")
    days = customers.orders.sort("day", "customer")
    customer, day = days["customer"].to_numpy(), days["day"].to_numpy()
    buyers = customers.table
    country = buyers["country"].to_numpy()[customer]
    currency = np.array([CURRENCIES.get(c, "EUR") for c in country])
    rates = daily_rates(seed)
    rate = np.ones(len(day))
    for code, values in rates.items():
        rate = np.where(currency == code, values[day.astype(int)], rate)
    segment = buyers["segment"].to_numpy()[customer]
    planted = {
        field: np.array([getattr(SEGMENTS[s], field) for s in SEGMENTS])
        for field in ("discounted", "discount")
    }
    code_of = {name: i for i, name in enumerate(SEGMENTS)}
    which = np.array([code_of[s] for s in segment], dtype=int)
    share = np.where(
        rng.random(len(day)) < planted["discounted"][which],
        np.round(planted["discount"][which] * rng.uniform(0.7, 1.3, len(day)), 2),
        0.0,
    )
    basket = buyers["basket"].to_numpy()[customer] * rng.lognormal(0, 0.3, len(day)) / rate

    lines = _lines(rng, basket, share, rate, day, products)
    totals = lines.group_by("order", maintain_order=True).agg(
        subtotal=pl.col("gross").sum(), discount=pl.col("discount").sum()
    )
    subtotal, discount = totals["subtotal"].to_numpy(), totals["discount"].to_numpy()
    revenue = subtotal - discount
    shipping = np.where(revenue < FREE_SHIPPING_FROM, SHIPPING, 0)
    tax = np.rint((revenue + shipping) * VAT).astype(np.int64)
    fate = _fates(rng, lines, products["return_rate"].to_numpy())
    settled = day + np.where(
        fate == "cancelled", rng.uniform(0.05, 0.9, len(day)), rng.uniform(1.5, 5.0, len(day))
    )
    settled = np.where(fate == "returned", settled + rng.uniform(4, 14, len(day)), settled)
    table = days.with_columns(
        order=pl.int_range(len(day)),
        order_id=pl.format("NL{}", pl.int_range(1_000_001, 1_000_001 + len(day))),
        user_id=buyers["user_id"].gather(pl.Series(customer)),
        country=pl.Series(country),
        currency=pl.Series(currency),
        coupon=pl.when(pl.Series(share) > 0).then(
            pl.format("SAVE{}", pl.Series(np.rint(share * 100).astype(int)))
        ),
        subtotal=pl.Series(subtotal),
        discount=pl.Series(discount),
        shipping=pl.Series(shipping),
        tax=pl.Series(tax),
        total=pl.Series(revenue + shipping + tax),
        revenue=pl.Series(revenue),
        fate=pl.Series(fate),
        settled=pl.Series(settled),
    )
    return Orders(table, _with_returns(lines, table))


def _lines(
    rng: np.random.Generator,
    basket: np.ndarray,
    share: np.ndarray,
    rate: np.ndarray,
    day: np.ndarray,
    products: pl.DataFrame,
) -> pl.DataFrame:
    count = 1 + rng.binomial(2, 0.35, len(basket))
    order = repeat_index(count)
    weight = rng.uniform(0.5, 1.5, len(order))
    wanted = basket[order] * weight / np.bincount(order, weight)[order]
    prices = products["list_price"].to_numpy()
    affordable = np.searchsorted(prices, wanted * rate[order], side="right")
    product = np.floor(np.maximum(affordable, 1) * np.sqrt(rng.random(len(order)))).astype(int)
    product = preferred(rng, products, product, day[order])
    list_price = np.rint(prices[product] / rate[order] * 100).astype(np.int64)
    quantity = np.maximum(1, np.rint(wanted * 100 / list_price)).astype(np.int64)
    gross = list_price * quantity
    return pl.DataFrame(
        {
            "order": order,
            "line": rank_within(order) + 1,
            "product": product,
            "quantity": quantity,
            "list_price": list_price,
            "gross": gross,
            "discount": np.rint(gross * share[order]).astype(np.int64),
            "cogs": np.rint(
                products["cost"].to_numpy()[product] / rate[order] * 100 * quantity
            ).astype(np.int64),
        }
    )


def _fates(rng: np.random.Generator, lines: pl.DataFrame, return_rate: np.ndarray) -> np.ndarray:
    # what is sent back is the first line of an order
    chance = return_rate[lines.filter(pl.col("line") == 1)["product"].to_numpy()]
    draw = rng.random(len(chance))
    return np.where(
        draw < CANCELLED_SHARE,
        "cancelled",
        np.where(draw < CANCELLED_SHARE + chance, "returned", "completed"),
    )


def _with_returns(lines: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    dated = lines.join(
        orders.select("order", "day", "settled", "fate"), on="order", maintain_order="left"
    ).with_columns(recorded="day")
    returned = dated.filter(
        (pl.col("fate") == "returned") & (pl.col("settled") < LAST_MOMENT) & (pl.col("line") == 1)
    ).with_columns(
        -pl.col("quantity", "gross", "discount", "cogs"), line=pl.lit(9), recorded="settled"
    )
    return pl.concat([dated, returned.cast(dated.schema)]).drop("settled", "fate")


def versions(orders: Orders) -> pl.DataFrame:
    """Return every state an order went through, with ``recorded`` in days and ``status``.

    A returned order gives back its first line with tax; a cancelled one is nothing anymore.
    """
    first = orders.table.with_columns(
        status=pl.lit("placed"),
        recorded="day",
        refunded=pl.lit(0),
        cancelled=pl.lit(None, pl.Float64),
    )
    back = (
        orders.lines.filter(pl.col("quantity") < 0)
        .select("order", refunded=-((pl.col("gross") - pl.col("discount")) * (1 + VAT)).round())
        .cast({"refunded": pl.Int64})
    )
    second = (
        orders.table.filter(pl.col("settled") < LAST_MOMENT)
        .join(back, on="order", how="left", maintain_order="left")
        .with_columns(
            status="fate",
            recorded="settled",
            refunded=pl.col("refunded").fill_null(0),
            cancelled=pl.when(pl.col("fate") == "cancelled").then("settled"),
        )
    )
    return pl.concat(
        [
            first.cast({"refunded": pl.Int64}),
            second.select(*orders.table.columns, "status", "recorded", "refunded", "cancelled"),
        ]
    ).sort("recorded", "order")
