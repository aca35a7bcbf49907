"""What is sold: a seed in, a price list in EUR out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import stream
from demo.timeline import START

FAMILIES = {
    "Lighting": ("Lamp", "Lantern", "Spot", "Panel", "Strip", "Beacon", "Floodlight", "Candle"),
    "Sensors": ("Motion Sensor", "Light Sensor", "Door Sensor", "Air Sensor", "Gateway"),
    "Power": ("Battery", "Charger", "Solar Module", "Inverter", "Cable Set"),
    "Services": ("Installation", "Maintenance Plan", "Training"),
}
LINES = ("Aurora", "Polaris", "Fjord")
PRICE_POINTS = (6, 9, 12, 15, 19, 24, 29, 35, 42, 49, 59, 69, 79, 99, 119, 149, 189, 229, 289, 349)


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
    return pl.DataFrame([rows[i] for i in order]).with_columns(
        product=pl.int_range(count),
        sku=pl.format("NL-{}", pl.int_range(1001, 1001 + count)),
        list_price=pl.Series(euros),
        cost=pl.Series((euros * rng.uniform(0.45, 0.65, count)).round(2)),
        stock_on_hand=pl.Series(rng.integers(20, 900, count)),
        lead_time_days=pl.Series(rng.integers(3, 30, count)),
        launched_on=pl.lit(START.date()),
        modified_at=pl.lit(START),
    )
