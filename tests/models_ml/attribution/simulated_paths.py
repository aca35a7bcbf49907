"""Paths of touches as ``features.campaign_paths`` has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import polars as pl

DAY = datetime.fromisoformat("2026-06-30")
SCHEMA = {
    "path_id": pl.String,
    "customer_id": pl.String,
    "is_converted": pl.Boolean,
    "converted_at": pl.Datetime("us"),
    "conversion_value": pl.Decimal(18, 4),
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
            "conversion_value": Decimal(value or "0"),
            "touch_count": len(steps),
        }
        for index, (campaign, days) in enumerate(steps, start=1):
            touch = {"touch_index": index, "touched_at": DAY - timedelta(days=days)}
            rows.append(head | touch | {"campaign_id": campaign, "channel": campaign[:1]})
        if not steps:
            rows.append(head | {"touch_index": 0, "campaign_id": None, "channel": "direct"})
    return pl.DataFrame(rows, schema=SCHEMA)
