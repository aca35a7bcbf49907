"""Opportunities: converted leads and business customers in, deals with their course out.

A demo meeting raises the chance to win; calls and mails of the rep do nothing. Some lost deals come
back, some are deleted, some were entered twice and merged.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Floats, Ints, repeat_index, stream
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
DEMO_SHARE = 0.45
WIN_CHANCES = {"new_business": (0.58, 0.80), "upsell": (0.38, 0.65)}
"""Chance to win without and with a demo meeting."""

LOST_AT = (0.30, 0.30, 0.25, 0.15)
"""Share of the lost deals by the last open stage."""

LOSS_REASONS: dict[str, tuple[float, float, float, float]] = {
    "no_decision": (0.55, 0.35, 0.20, 0.10),
    "timing": (0.30, 0.20, 0.10, 0.05),
    "price": (0.10, 0.25, 0.40, 0.60),
    "competitor": (0.05, 0.20, 0.30, 0.25),
}
"""Share of each reason by the last open stage."""

REOPENED_SHARE, DELETED_SHARE, COPIED_SHARE = 0.05, 0.05, 0.05
"""Of all deals, of the lost ones, of those not won."""


def make_opportunities(seed: int, leads: pl.DataFrame, products: int) -> pl.DataFrame:
    """Return one row per deal that a converted lead opens; nine in ten do."""
    rng = stream(seed, "opportunities")
    converted = leads.filter(
        pl.col("converted").is_not_null() & (pl.col("converted") < LAST_MOMENT)
    )
    converted = converted.filter(pl.Series(rng.random(len(converted)) < 0.9))
    base = converted.select(
        "lead", "person", "account", "lead_source", "campaign", "rep", created="converted"
    )
    return _run(rng, base, "new_business", products, first_id=20_001)


def make_upsells(seed: int, customers: pl.DataFrame, products: int) -> pl.DataFrame:
    """Return later deals with business customers who have not left."""
    rng = stream(seed, "upsells")
    business = customers.filter(pl.col("account") >= 0)
    counts = rng.poisson(0.35, len(business))
    start = business["start"].to_numpy()
    rows = repeat_index(counts)
    created = start[rows] + 20 + rng.random(len(rows)) * 500
    base = (
        business[rows]
        .select("person", "account", "left")
        .with_columns(
            lead=pl.lit(-1, dtype=pl.Int64),
            lead_source=pl.lit(None, dtype=pl.String),
            campaign=pl.lit(-1, dtype=pl.Int64),
            rep=pl.Series(rng.integers(0, 14, len(rows))),
            created=pl.Series(created),
        )
        .filter(pl.col("created") < pl.col("left").fill_null(LAST_MOMENT))
    )
    base = base.select("lead", "person", "account", "lead_source", "campaign", "rep", "created")
    return _run(rng, base, "upsell", products, first_id=700_001)


def _run(
    rng: np.random.Generator, base: pl.DataFrame, kind: str, products: int, first_id: int
) -> pl.DataFrame:
    count = len(base)
    created = base["created"].to_numpy()
    spans = rng.gamma(2.0, 5.0, (count, 4))
    shown = rng.random(count) < DEMO_SHARE
    chance = np.where(shown, WIN_CHANCES[kind][1], WIN_CHANCES[kind][0])
    won = rng.random(count) < chance
    last_open = np.where(won, 3, rng.choice(4, count, p=LOST_AT))
    entered = created[:, None] + np.cumsum(np.c_[np.zeros(count), spans], axis=1)
    closed = entered[np.arange(count), last_open + 1]
    again = rng.random(count) < REOPENED_SHARE
    reopened = closed + 8 + 30 * rng.random(count)
    finally_closed = np.where(again, reopened + rng.gamma(2.0, 5.0, count), closed)
    # half of the deleted ones were a mistake, the others are cleared away after they were lost
    deleted = ~won & ~again & (rng.random(count) < DELETED_SHARE)
    gone = np.where(
        rng.random(count) < 0.5,
        created + rng.random(count) * (closed - created),
        closed + 15 + 40 * rng.random(count),
    )
    return base.with_columns(
        opportunity_id=pl.format("O{}", pl.int_range(first_id, first_id + count)),
        type=pl.lit(kind),
        product=pl.Series(rng.integers(0, products, count)),
        demo=pl.Series(
            np.where(shown, created + 0.9 * rng.random(count) * spans[:, 0], np.nan)
        ).fill_nan(None),
        win_chance=pl.Series(chance),
        won=pl.Series(won),
        last_open=pl.Series(last_open),
        entered=pl.Series(entered[:, :4], dtype=pl.Array(pl.Float64, 4)),
        first_lost=pl.Series(np.where(again, closed, np.nan)).fill_nan(None),
        reopened=pl.Series(np.where(again, reopened, np.nan)).fill_nan(None),
        closed=pl.Series(finally_closed),
        gone=pl.Series(np.where(deleted, gone, np.nan)).fill_nan(None),
        merged_into=pl.lit(None, pl.String),
        amount=pl.Series(np.round(rng.lognormal(8.4, 0.8, count) / 50) * 50 + 50),
        loss_reason=pl.Series(_loss_reasons(rng, last_open)),
        planned_close=pl.Series(created + rng.integers(20, 60, count)),
    )


def _loss_reasons(rng: np.random.Generator, last_open: Ints) -> list[str]:
    shares = np.array(list(LOSS_REASONS.values()))
    below = np.cumsum(shares, axis=0)[:-1, last_open]
    names = list(LOSS_REASONS)
    return [names[i] for i in (rng.random(len(last_open)) > below).sum(axis=0)]


def with_copies(seed: int, deals: pl.DataFrame) -> pl.DataFrame:
    """Return ``deals`` and the second records of some, each merged into the first after a while."""
    rng = stream(seed, "copied deals")
    twice = deals.filter(pl.Series(rng.random(len(deals)) < COPIED_SHARE) & ~pl.col("won"))
    created = twice["created"].to_numpy() + 0.5 + 2 * rng.random(len(twice))
    gone = created + 2 + 10 * rng.random(len(twice))
    copies = twice.with_columns(
        opportunity_id=pl.format("O{}", pl.int_range(900_001, 900_001 + len(twice))),
        merged_into="opportunity_id",
        lead=pl.lit(-1, pl.Int64),
        demo=pl.lit(None, pl.Float64),
        last_open=pl.lit(0, pl.Int64),
        first_lost=pl.lit(None, pl.Float64),
        reopened=pl.lit(None, pl.Float64),
        created=pl.Series(created),
        entered=pl.Series(_all_at(created), dtype=pl.Array(pl.Float64, 4)),
        closed=pl.Series(gone + 1),
        gone=pl.Series(gone),
    )
    return pl.concat([deals, copies.select(deals.columns)])


def _all_at(days: Floats) -> Floats:
    return np.repeat(days[:, None], 4, axis=1)


def stage_entries(deals: pl.DataFrame) -> pl.DataFrame:
    """Return ``opportunity``, ``stage`` and ``day`` of every stage that a deal would enter."""
    entered = deals["entered"].to_numpy()
    last_open = deals["last_open"].to_numpy()
    closing = pl.when("won").then(WON).otherwise(LOST)
    number = pl.int_range(pl.len())
    back = deals.with_columns(opportunity=number).filter(pl.col("reopened").is_not_null())
    parts = [
        pl.DataFrame({"opportunity": rows, "stage": np.full(len(rows), stage),
                      "day": entered[rows, stage]})
        for stage in range(4)
        for rows in [np.flatnonzero(last_open >= stage)]
    ] + [
        back.select("opportunity", stage=pl.lit(LOST, pl.Int64), day="first_lost"),
        back.select("opportunity", stage="last_open", day="reopened"),
        deals.select(opportunity=number, stage=closing.cast(pl.Int64), day="closed"),
    ]  # fmt: skip
    return pl.concat(parts)
