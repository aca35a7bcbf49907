"""Paths of touches as ``features.campaign_paths`` has them, and credits as the rules give them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import polars as pl

from models_ml.attribution.campaign_credits import RULES

DAY = datetime.fromisoformat("2026-06-30")
SCHEMA = {
    "path_id": pl.String,
    "customer_id": pl.String,
    "is_converted": pl.Boolean,
    "converted_at": pl.Datetime("us"),
    "conversion_value_base": pl.Decimal(18, 4),
    "touch_index": pl.Int64,
    "touch_count": pl.Int64,
    "touched_at": pl.Datetime("us"),
    "campaign_id": pl.String,
    "channel": pl.String,
}


def touches(*paths: tuple[list[tuple[str, float]], str | None]) -> pl.DataFrame:
    """Return the rows of paths: touches as (campaign, days before), and the value if converted."""
    rows = []
    for number, (steps, value) in enumerate(paths):
        head = {
            "path_id": f"p{number:06d}",
            "customer_id": f"c{number}",
            "is_converted": value is not None,
            "converted_at": DAY if value is not None else None,
            "conversion_value_base": Decimal(value or "0"),
            "touch_count": len(steps),
        }
        for index, (campaign, days) in enumerate(steps, start=1):
            touch = {"touch_index": index, "touched_at": DAY - timedelta(days=days)}
            rows.append(head | touch | {"campaign_id": campaign, "channel": campaign[:1]})
        if not steps:
            rows.append(head | {"touch_index": 0, "campaign_id": None, "channel": "direct"})
    return pl.DataFrame(rows, schema=SCHEMA)


CREDITS = {
    "customer_id": pl.String,
    "campaign_id": pl.String,
    "attribution_model": pl.String,
    "conversions": pl.Float64,
    "acquisitions": pl.Float64,
    "revenue_base": pl.Decimal(18, 4),
    "margin_base": pl.Float64,
}


def credits_by_hand(*rows: tuple[str | None, str, float, str]) -> pl.DataFrame:
    """Return ``features.campaign_credits``: customer, campaign, conversions and revenue.

    Every rule gives the same credits, every conversion is an acquisition with half its revenue as
    margin.
    """
    found = [
        (who, campaign, rule, count, count, Decimal(revenue), float(revenue) / 2)
        for rule in RULES
        for who, campaign, count, revenue in rows
    ]
    return pl.DataFrame(found, schema=CREDITS, orient="row")
