"""Customers of four planted ways of buying, and some who stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

AS_OF = datetime.fromisoformat("2026-06-30")


@dataclass(frozen=True)
class Customers:
    """Feature rows and the planted group of each."""

    frame: pl.DataFrame
    group: np.ndarray


def customers(count: int, seed: int = 0, as_of: datetime = AS_OF) -> Customers:
    """Draw ``count`` customers; group 4 ordered nothing for a year."""
    rng = np.random.default_rng(seed)
    group = rng.choice(5, count, p=[0.2, 0.3, 0.2, 0.2, 0.1])
    away = group == 4
    orders = np.where(away, 0, 1 + rng.poisson(np.array([20, 10, 8, 2, 0])[group]))
    amount = np.array([600, 150, 45, 90, 120])[group] * rng.lognormal(0, 0.2, count)
    frame = pl.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(count)],
            "as_of": [as_of] * count,
            "days_since_last_order": np.where(
                away, 380 + rng.exponential(90, count), rng.exponential(25, count)
            ),
            "orders_365d": orders,
            "revenue_365d": orders * amount,
            "mean_order_amount": amount,
            "discount_share_365d": np.clip(
                np.array([0.01, 0.02, 0.25, 0.02, 0.0])[group] * rng.lognormal(0, 0.3, count), 0, 1
            ),
            "web_sessions_90d": rng.poisson(2, count),
            "tickets_365d": rng.poisson(1, count),
            "tenure_days": 30 + rng.uniform(0, 700, count) + 400 * away,
        }
    ).with_columns(
        pl.when(pl.col("orders_365d") > 0).then("discount_share_365d").alias("discount_share_365d")
    )
    return Customers(frame, group)
