"""Are there enough data for a model? Labelled rows in, the dates to hold back or a reason out."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from models_ml.evaluation.time_split import TimeSplit, time_splits
from models_ml.probability_score.definition import ScoreDefinition

MIN_PER_CLASS = 100  # entities; the published minimum of commercial lead scoring
MIN_PER_CLASS_TRAIN = 50  # entities left once two later folds are held back
MIN_HORIZONS = 3


def ladder(rows: pl.DataFrame, definition: ScoreDefinition) -> tuple[TimeSplit | None, str]:
    """Return how to split the dates, and why the data do not do for a model ('' if they do).

    Entities are counted, not rows: one customer on twelve dates is one example. The split is
    None if the history is too short for one.
    """
    splits = time_splits(rows["as_of"].unique().to_list(), definition.horizon_days)
    widest = splits[0] if splits else None
    positives, negatives = _entities(rows, definition)
    if min(positives, negatives) < MIN_PER_CLASS:
        return widest, (
            f"{positives} entities with and {negatives} without the event; "
            f"{MIN_PER_CLASS} of each are needed"
        )
    days = rows["as_of"].unique().sort().to_list()
    first, last, horizon = days[0], days[-1], timedelta(days=definition.horizon_days)
    if not splits or last + horizon - first < MIN_HORIZONS * horizon:
        return widest, (
            f"labelled dates from {first:%Y-%m-%d} to {last:%Y-%m-%d}; folds for training, choice "
            f"and test need {MIN_HORIZONS} horizons of {definition.horizon_days} days"
        )
    for split in splits:
        if min(_entities(on_dates(rows, split.train), definition)) >= MIN_PER_CLASS_TRAIN:
            return split, ""
    return widest, (
        f"fewer than {MIN_PER_CLASS_TRAIN} entities of an outcome are left for training when "
        "later dates are held back"
    )


def on_dates(rows: pl.DataFrame, days: tuple[datetime, ...]) -> pl.DataFrame:
    """Return the rows of these dates."""
    return rows.filter(pl.col("as_of").is_in(list(days)))


def _entities(rows: pl.DataFrame, definition: ScoreDefinition) -> tuple[int, int]:
    ever = rows.group_by(definition.entity).agg(
        pl.col("outcome").max().alias("yes"), pl.col("outcome").min().alias("always")
    )
    return int(ever["yes"].sum()), int((ever["always"] == 0).sum())
