"""How far credits would differ had other customers come: the Poisson bootstrap over customers.

A customer's conversions are drawn together, because they are not independent of each other.
Counting each customer a Poisson(1) number of times is the bootstrap for data whose size is itself
chance (Hanley and MacGibbon 2006, "Creating non-parametric bootstrap samples using Poisson
frequencies").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models_ml.attribution.campaign_credits import CampaignCredits

REPLICATES = 200
COVERAGE = 0.95
SEED = 20_260_101


@dataclass(frozen=True)
class Interval:
    """Bounds of the totals, shape (n_models, n_measures, n_campaigns) each."""

    low: np.ndarray
    high: np.ndarray


def bootstrap_interval(credited: CampaignCredits, replicates: int = REPLICATES) -> Interval:
    """Return the central 95 % of the totals over resampled customers; the same in every run."""
    random = np.random.default_rng(SEED)
    drawn = np.stack(
        [
            credited.totals(random.poisson(1.0, credited.n_customers).astype(float))
            for _ in range(replicates)
        ]
    )
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return Interval(low, high)
