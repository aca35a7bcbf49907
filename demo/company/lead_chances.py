"""What one could know about leads: what happened until a day in, true chances to convert out."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit

from demo.company.leads import (
    APPETITE_SHAPE,
    CALL_EFFECT,
    CALL_RATE,
    ENGAGEMENT_DAYS,
    ENGAGEMENT_MEAN,
    MAX_DELAY,
    MEAN_CLOSING,
    MEAN_DELAY,
    PRICING_EFFECT,
    PRICING_SHARE,
    REPLY_EFFECT,
    REPLY_RATE,
    SESSION_EFFECT,
    SESSION_RATE,
    Leads,
)
from demo.timeline import HORIZON


def conditional_probability(leads: Leads, day: float) -> pl.DataFrame:
    """Return the true chance of converting in the 90 days after ``day``.

    For leads at most 90 days old, neither converted nor closed. Given what was seen by ``day``:
    engagement still to come follows from the gamma-Poisson law, its logistic mean is approximated
    as for a normal; delay and closing laws are exact.
    """
    table = leads.table.filter(
        (pl.col("created") < day)
        & (pl.col("created") >= day - MAX_DELAY)
        & ~(pl.col("converted") <= day).fill_null(False)
        & ~(pl.col("closed") <= day).fill_null(False)
    )
    seen = leads.engagement.filter((pl.col("day") < day) & (pl.col("kind") != "form"))
    lead, count = seen["lead"].to_numpy(), len(leads.table)
    rows = table["lead"].to_numpy()
    events = np.bincount(lead, minlength=count)[rows]
    effect = np.bincount(lead, seen["effect"].to_numpy(), minlength=count)[rows]
    age = day - table["created"].to_numpy()
    past = np.minimum(
        (1 - np.exp(-age / ENGAGEMENT_MEAN)) / (1 - np.exp(-ENGAGEMENT_DAYS / ENGAGEMENT_MEAN)), 1
    )
    calls = CALL_RATE * table["with_phone"].to_numpy()
    rate = SESSION_RATE + REPLY_RATE + calls
    first = (
        SESSION_RATE * (SESSION_EFFECT + PRICING_SHARE * PRICING_EFFECT)
        + REPLY_RATE * REPLY_EFFECT
        + calls * CALL_EFFECT
    )
    both = SESSION_EFFECT + PRICING_EFFECT
    second = (
        SESSION_RATE * ((1 - PRICING_SHARE) * SESSION_EFFECT**2 + PRICING_SHARE * both**2)
        + REPLY_RATE * REPLY_EFFECT**2
        + calls * CALL_EFFECT**2
    )
    shape = APPETITE_SHAPE + events
    scale = 1 / (APPETITE_SHAPE + rate * past)
    coming = 1 - past
    mean = table["score"].to_numpy() + effect + shape * scale * coming * first
    variance = shape * scale * coming * second + shape * scale**2 * (coming * first) ** 2
    chance = expit(mean / np.sqrt(1 + np.pi * variance / 8))
    cut = 1 - np.exp(-MAX_DELAY / MEAN_DELAY)
    waiting = 1 - np.minimum((1 - np.exp(-age / MEAN_DELAY)) / cut, 1)
    open_still = np.exp(-age / MEAN_CLOSING)
    conditional = chance * waiting / (chance * waiting + (1 - chance) * open_still)
    return table.select("lead", "lead_id", "person_id", "created", "converted").with_columns(
        probability=pl.Series(conditional),
        outcome=(pl.col("converted") <= min(day + 90.0, float(HORIZON))).fill_null(False),
    )
