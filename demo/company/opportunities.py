"""Opportunities: converted leads and business customers in, deals with their stages out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, repeat_index, stream
from demo.timeline import LAST_MOMENT

STAGES: tuple[tuple[str, float, str], ...] = (
    ("Prospecting", 0.10, "pipeline"),
    ("Qualification", 0.25, "pipeline"),
    ("Proposal", 0.50, "best_case"),
    ("Negotiation", 0.75, "commit"),
    ("Closed Won", 1.00, "closed"),
    ("Closed Lost", 0.00, "omitted"),
)
WON, LOST = 4, 5
LOSS_REASONS = {"price": 0.4, "competitor": 0.25, "no_decision": 0.25, "timing": 0.1}


def make_opportunities(seed: int, leads: pl.DataFrame) -> pl.DataFrame:
    """Return one row per deal that a converted lead opens; nine in ten do."""
    rng = stream(seed, "opportunities")
    converted = leads.filter(
        pl.col("converted").is_not_null() & (pl.col("converted") < LAST_MOMENT)
    )
    converted = converted.filter(pl.Series(rng.random(len(converted)) < 0.9))
    base = converted.select(
        "lead", "person", "account", "lead_source", "campaign", "rep", created="converted"
    )
    return _run(rng, base, "new_business", 0.68, first_id=20_001)


def make_upsells(seed: int, customers: pl.DataFrame) -> pl.DataFrame:
    """Return later deals with business customers."""
    rng = stream(seed, "upsells")
    business = customers.filter(pl.col("account") >= 0)
    counts = rng.poisson(0.35, len(business))
    start = business["start"].to_numpy()
    rows = repeat_index(counts)
    created = start[rows] + 20 + rng.random(len(rows)) * 500
    base = (
        business[rows]
        .select("person", "account")
        .with_columns(
            lead=pl.lit(-1, dtype=pl.Int64),
            lead_source=pl.lit(None, dtype=pl.String),
            campaign=pl.lit(-1, dtype=pl.Int64),
            rep=pl.Series(rng.integers(0, 14, len(rows))),
            created=pl.Series(created),
        )
    )
    base = base.select("lead", "person", "account", "lead_source", "campaign", "rep", "created")
    return _run(rng, base.filter(pl.col("created") < LAST_MOMENT), "upsell", 0.5, first_id=700_001)


def _run(
    rng: np.random.Generator, base: pl.DataFrame, kind: str, win_rate: float, first_id: int
) -> pl.DataFrame:
    count = len(base)
    won = rng.random(count) < win_rate
    last_open = np.where(won, 3, rng.integers(0, 4, count))
    created = base["created"].to_numpy()
    entered = created[:, None] + np.cumsum(
        np.c_[np.zeros(count), rng.gamma(2.0, 5.0, (count, 4))], axis=1
    )
    closed = entered[np.arange(count), last_open + 1]
    return base.with_columns(
        opportunity_id=pl.format("O{}", pl.int_range(first_id, first_id + count)),
        type=pl.lit(kind),
        won=pl.Series(won),
        last_open=pl.Series(last_open),
        closed=pl.Series(closed),
        entered=pl.Series(entered[:, :4], dtype=pl.Array(pl.Float64, 4)),
        amount=pl.Series(np.round(rng.lognormal(8.4, 0.8, count) / 50) * 50),
        loss_reason=pl.Series(choose(rng, LOSS_REASONS, count).astype(str)),
        planned_close=pl.Series(created + rng.integers(20, 60, count)),
    )


def stage_history(opportunities: pl.DataFrame) -> pl.DataFrame:
    """Return one row per stage that an opportunity entered within the simulated time."""
    count = len(opportunities)
    entered = opportunities["entered"].to_numpy()
    last_open = opportunities["last_open"].to_numpy()
    won = opportunities["won"].to_numpy()
    parts = []
    for stage in range(4):
        rows = np.flatnonzero(last_open >= stage)
        parts.append(
            pl.DataFrame(
                {
                    "opportunity": rows,
                    "stage": np.full(len(rows), stage),
                    "old_stage": np.full(len(rows), stage - 1),
                    "day": entered[rows, stage],
                }
            )
        )
    parts.append(
        pl.DataFrame(
            {
                "opportunity": np.arange(count),
                "stage": np.where(won, WON, LOST),
                "old_stage": last_open,
                "day": opportunities["closed"].to_numpy(),
            }
        )
    )
    return pl.concat(parts).filter(pl.col("day") < LAST_MOMENT).sort("day", "opportunity")
