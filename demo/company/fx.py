"""Exchange rates to EUR: a seed in, one row per banking day and currency out."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from demo.chance import Floats, stream
from demo.timeline import HORIZON, START

_FIRST = {"USD": 0.93, "GBP": 1.18, "SEK": 0.088}


def daily_rates(seed: int) -> dict[str, Floats]:
    """Return EUR for one unit of each currency, one value a day, weekends as the Friday before."""
    rng = stream(seed, "fx")
    weekday = np.arange(HORIZON) % 7
    return {
        code: first * np.exp(np.cumsum(rng.normal(0, 0.004, HORIZON) * (weekday < 5)))
        for code, first in _FIRST.items()
    }


def make_rates(seed: int) -> pl.DataFrame:
    """Return the published rates: none on weekends nor from 24 to 28 December."""
    days = [START.date() + timedelta(days=i) for i in range(HORIZON)]
    rates = daily_rates(seed)
    frame = pl.concat(
        pl.DataFrame({"rate_date": days, "from_currency": code, "rate": np.round(rates[code], 6)})
        for code in rates
    )
    day = pl.col("rate_date")
    closed = (day.dt.weekday() > 5) | ((day.dt.month() == 12) & day.dt.day().is_between(24, 28))
    return frame.filter(~closed).with_columns(to_currency=pl.lit("EUR"))
