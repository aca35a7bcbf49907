"""Experiments on the web site: visits in, who saw which variant and who put something in the cart.

A device is in an experiment from its first visit on; its variant decides the chance that it puts
something in the cart during that visit, and later visits within the experiment never do. One
experiment has a true lift; the other has none, and its assignment is broken: it should be even.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.chance import stream

CART_SHARE = 0.2
"""Share of the visits outside of experiments that put something in the cart."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment of two variants; ``treated_share`` is what the assignment really does."""

    experiment_id: str
    name: str
    begins: int
    ends: int
    treated_share: float
    chances: tuple[float, float]


EXPERIMENTS = (
    Experiment("exp-banner", "Free shipping banner", 90, 400, 0.62, (0.25, 0.25)),
    Experiment("exp-button", "Cart button", 410, 700, 0.50, (0.18, 0.36)),
)
VARIANTS = ("control", "treatment")


def with_experiments(seed: int, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return ``sessions`` with ``experiment``, ``variant`` (numbers or -1) and ``carted``.

    Parameters
    ----------
    sessions
        In time order, with ``kind``, ``day`` and ``anonymous_id``.
    """
    rng = stream(seed, "experiments")
    count = len(sessions)
    visits = (sessions["kind"] == "visit").to_numpy()
    day = sessions["day"].to_numpy()
    device = sessions["anonymous_id"].rank("dense").to_numpy().astype(np.int64) - 1
    carted = visits & (rng.random(count) < CART_SHARE)
    experiment, variant = np.full(count, -1), np.full(count, -1)
    for number, one in enumerate(EXPERIMENTS):
        within = np.flatnonzero(visits & (day >= one.begins) & (day < one.ends))
        carted[within] = False
        _, first = np.unique(device[within], return_index=True)
        rows = within[first]
        treated = rng.random(len(rows)) < one.treated_share
        experiment[rows] = number
        variant[rows] = treated
        carted[rows] = rng.random(len(rows)) < np.where(treated, one.chances[1], one.chances[0])
    return sessions.with_columns(
        experiment=pl.Series(experiment), variant=pl.Series(variant), carted=pl.Series(carted)
    )


def experiments() -> pl.DataFrame:
    """Return the truth: one row per experiment and variant."""
    return pl.DataFrame(
        [
            {
                "experiment_id": one.experiment_id,
                "variation_id": variant,
                "intended_share": 0.5,
                "true_share": share,
                "goal": "Product Added",
                "chance": chance,
                "lift": one.chances[1] / one.chances[0] - 1,
                "has_sample_ratio_mismatch": one.treated_share != 0.5,
            }
            for one in EXPERIMENTS
            for variant, share, chance in zip(
                VARIANTS, (1 - one.treated_share, one.treated_share), one.chances, strict=True
            )
        ]
    )
