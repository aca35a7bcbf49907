"""``features.segment_features`` in, checked rows and number arrays out."""

from __future__ import annotations

import numpy as np
import polars as pl

from models_ml.probability_score.feature_table import check_table

NAME = "customer_segments"
TABLE = "features.segment_features"
WEIGHTS = {
    # what somebody buys lasts; counts and dates move by the week and only lean a customer over
    "mean_order_amount": 1.0,
    "discount_share_365d": 1.0,
    "days_since_last_order": 0.25,
    "orders_365d": 0.25,
    "revenue_365d": 0.25,
    "web_sessions_90d": 0.25,
    "tickets_365d": 0.25,
    "tenure_days": 0.25,
}
FEATURES = tuple(WEIGHTS)


def rows_of(features: pl.DataFrame) -> pl.DataFrame:
    """Return key and features, typed and sorted by customer and date.

    Raises
    ------
    UnusableTable
        If a column is missing or wrong, or a customer occurs twice on a date.
    """
    return check_table(features, TABLE, "customer_id", numeric=FEATURES, text=())


def measures(rows: pl.DataFrame) -> np.ndarray:
    """Return the features, shape (n_customers, n_features); missing is NaN."""
    return rows.select(FEATURES).to_numpy()


def dormant(rows: pl.DataFrame) -> np.ndarray:
    """Return who ordered nothing for a year, so that there is no buying to compare."""
    return rows["orders_365d"].fill_null(0.0).to_numpy() <= 0


def rfm_measures(rows: pl.DataFrame) -> np.ndarray:
    """Return recency (negated days), orders and revenue of a year, shape (n_customers, 3)."""
    return rows.select(
        # a customer whose last order is unknown ordered longest ago
        -pl.col("days_since_last_order").fill_null(36_500.0),
        pl.col("orders_365d").fill_null(0.0),
        pl.col("revenue_365d").fill_null(0.0),
    ).to_numpy()
