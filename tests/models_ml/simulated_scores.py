"""Simulated feature tables whose true probabilities are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from scipy.special import expit

from models_ml.probability_score.definition import ScoreDefinition

AS_OF = datetime.fromisoformat("2026-06-30")


@dataclass(frozen=True)
class Simulated:
    """Scoring rows and labelled rows of one made-up world, with the probability of each row."""

    features: pl.DataFrame
    labels: pl.DataFrame
    truth: pl.DataFrame
    current: pl.DataFrame


def simulate(
    definition: ScoreDefinition, per_date: int = 250, dates: int = 16, seed: int = 0
) -> Simulated:
    """Draw rows whose log-odds depend on three numbers (one with a bend) and one category."""
    rng = np.random.default_rng(seed)
    days = [AS_OF - timedelta(days=30 * i) for i in range(dates)]
    n = per_date * dates
    columns: dict[str, np.ndarray | list] = {
        definition.entity: [f"e{i:06d}" for i in range(n)],
        "as_of": np.repeat(np.array(days, dtype="datetime64[us]"), per_date),
    }
    for feature in definition.numeric:
        columns[feature.name] = rng.poisson(3, n).astype(float)
    for feature in definition.categorical:
        columns[feature.name] = rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])
    first, second, third = (f.name for f in definition.numeric[:3])
    group = definition.categorical[0].name
    log_odds = (
        -0.8
        + 0.35 * (columns[first] - 3)
        - 0.6 * np.minimum(columns[second], 3) / 3
        + 0.5 * (columns[third] > 3)
        + 0.7 * (columns[group] == "b")
    )
    frame = pl.DataFrame(columns).with_columns(
        pl.when(pl.Series(rng.random(n) < 0.2)).then(None).otherwise(pl.col(name)).alias(name)
        for name in (definition.numeric[3].name, definition.numeric[4].name)
    )
    frame = frame.with_columns(pl.Series("truth", expit(log_odds)))
    labelled = frame.with_columns(
        (pl.Series(rng.random(n)) < pl.col("truth")).alias(definition.label)
    ).filter(pl.col("as_of") <= AS_OF - timedelta(days=definition.horizon_days))
    key = [definition.entity, "as_of"]
    return Simulated(
        features=frame.drop("truth"),
        labels=labelled.select(*key, definition.label),
        truth=frame.select(*key, "truth"),
        current=frame.filter(pl.col("as_of") == AS_OF).drop("truth"),
    )
