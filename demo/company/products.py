"""What is sold: a seed in, a price list in EUR out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Floats, Ints, choose, stream
from demo.timeline import HORIZON, START

FAMILIES = {
    "Lighting": ("Lamp", "Lantern", "Spot", "Panel", "Strip", "Beacon", "Floodlight", "Candle"),
    "Sensors": ("Motion Sensor", "Light Sensor", "Door Sensor", "Air Sensor", "Gateway"),
    "Power": ("Battery", "Charger", "Solar Module", "Inverter", "Cable Set"),
    "Services": ("Installation", "Maintenance Plan", "Training"),
}
LINES = ("Aurora", "Polaris", "Fjord")
PRICE_POINTS = (6, 9, 12, 15, 19, 24, 29, 35, 42, 49, 59, 69, 79, 99, 119, 149, 189, 229, 289, 349)

TRENDS: dict[str, tuple[float, float]] = {
    "growing": (0.3, 1.7), "declining": (1.7, 0.3), "steady": (1.0, 1.0),
}  # fmt: skip
"""How much a product is preferred to others of its price, at the start and at the end."""

RETURN_RATES = {0.02: 0.5, 0.05: 0.35, 0.18: 0.15}
"""Chances that a product comes back, and the share of products that have them."""


def make_products(seed: int) -> pl.DataFrame:
    """Return one row per product, cheapest first, so that a price range is a slice."""
    rng = stream(seed, "products")
    rows = [
        {"family": family, "category": item, "brand": line, "name": f"{line} {item}"}
        for family, items in FAMILIES.items()
        for item in items
        for line in LINES
    ]
    count = len(rows)
    euros = np.sort(np.resize(PRICE_POINTS, count)).astype(float) - 0.1
    order = rng.permutation(count)
    trends = stream(seed, "product trends")
    return pl.DataFrame([rows[i] for i in order]).with_columns(
        product=pl.int_range(count),
        trend=pl.Series(choose(trends, dict.fromkeys(TRENDS, 1.0), count).astype(str)),
        return_rate=pl.Series(choose(trends, RETURN_RATES, count).astype(float)),
        sku=pl.format("NL-{}", pl.int_range(1001, 1001 + count)),
        list_price=pl.Series(euros),
        cost=pl.Series((euros * rng.uniform(0.45, 0.65, count)).round(2)),
        stock_on_hand=pl.Series(rng.integers(20, 900, count)),
        lead_time_days=pl.Series(rng.integers(3, 30, count)),
        launched_on=pl.lit(START.date()),
        modified_at=pl.lit(START),
    )


def preferred(rng: np.random.Generator, products: pl.DataFrame, product: Ints, day: Floats) -> Ints:
    """Replace each chosen product by one of the same price, as people prefer them on that day."""
    prices = products["list_price"].to_numpy()
    first = np.searchsorted(prices, prices, side="left")
    last = np.searchsorted(prices, prices, side="right") - 1
    begin, end = np.array([TRENDS[trend] for trend in products["trend"]]).T
    most = int((last - first).max()) + 1
    members = first[product][:, None] + np.arange(most)
    inside = members <= last[product][:, None]
    members = np.minimum(members, len(prices) - 1)
    weight = begin[members] + (end - begin)[members] * (day / HORIZON)[:, None]
    below = np.cumsum(np.where(inside, weight, 0.0), axis=1)
    pick = rng.random(len(product)) * below[:, -1]
    return first[product] + (pick[:, None] >= below).sum(axis=1)
