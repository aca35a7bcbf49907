"""Score feature rows: fitted score and features in, rows of the score table out."""

from __future__ import annotations

import numpy as np
import polars as pl

from models_ml.evaluation.drift import population_stability
from models_ml.probability_score.definition import ScoreDefinition
from models_ml.probability_score.feature_table import check_features
from models_ml.probability_score.fitted import FittedScore
from models_ml.probability_score.reasons import reasons
from models_ml.score_contract import conform

GRADES = np.array(["A", "B", "C", "D", "E"])


class UnusableModel(ValueError):
    """A stored model does not fit the score's definition any more."""


def score_rows(
    definition: ScoreDefinition,
    model: FittedScore,
    features: pl.DataFrame,
    run_id: str,
    previous: pl.DataFrame | None,
) -> pl.DataFrame:
    """Return one row of the score table per feature row.

    ``score`` is 100 times the probability, to one decimal: it means the same on every day and
    under every model. The rank is in ``decile`` and ``grade`` (two deciles each, A the highest),
    cut at the quantiles of the model's reference rows, so that nobody's row depends on who else
    is scored. ``p_low`` and ``p_high`` are the 95 % interval from estimation alone.

    Raises
    ------
    UnusableModel
        If the model was fitted on other features.
    UnusableTable
        If the feature table lacks a column, repeats a key or holds a wrong type.
    ScoreContractViolation
        If the result breaks the contract of its table.
    """
    names = [f.name for f in definition.features]
    if model.card.method == "model" and model.card.features != names:
        raise UnusableModel(
            f"{definition.name} {model.version} was fitted on other features than "
            f"{definition.reads} has now; train it again"
        )
    frame = check_features(features, definition)
    terms = model.predictor.terms(frame, definition)
    deciles = model.deciles(terms.log_odds)
    low, high = terms.interval()
    probability = terms.probability
    for_it, against_it = reasons(frame, terms.contributions, definition)
    parts = pl.DataFrame(terms.contributions, schema=dict.fromkeys(names, pl.Float64))
    rows = frame.select(
        definition.entity,
        "as_of",
        pl.Series("score", np.round(100 * probability, 1)),
        pl.Series("probability", probability),
        pl.Series("p_low", np.minimum(low, probability)),
        pl.Series("p_high", np.maximum(high, probability)),
        pl.Series("decile", deciles, dtype=pl.Int32),
        pl.Series("grade", GRADES[(deciles - 1) // 2], dtype=pl.String),
        for_it.alias("reasons_pos"),
        against_it.alias("reasons_neg"),
        parts.select(pl.struct(model.card.features).struct.json_encode())
        .to_series()
        .alias("contributions"),
        pl.lit(terms.base_value).alias("base_value"),
        pl.lit(model.card.method).alias("method"),
        pl.lit(model.version).alias("model_version"),
        pl.lit(definition.horizon_days, dtype=pl.Int32).alias("horizon_days"),
        pl.col("as_of").alias("data_cutoff"),
        pl.lit(run_id).alias("run_id"),
    )
    return conform(_with_previous(rows, previous, definition), definition.table)


def score_drift(model: FittedScore, rows: pl.DataFrame) -> float:
    """Return the PSI of scored rows against the rows the model was fitted on."""
    counts = np.bincount(rows["decile"].to_numpy(), minlength=11)[1:]
    return population_stability(model.reference_counts, counts)


def _with_previous(
    rows: pl.DataFrame, previous: pl.DataFrame | None, definition: ScoreDefinition
) -> pl.DataFrame:
    if previous is None or previous.is_empty():
        return rows.with_columns(pl.lit(None, dtype=pl.Float64).alias("prev_score"))
    entity = definition.entity
    past = (
        previous.select(
            pl.col(entity).cast(pl.String),
            pl.col("as_of").cast(pl.Datetime("us")),
            pl.col("score").cast(pl.Float64).alias("prev_score"),
        )
        .sort("as_of")
        .with_columns(pl.col("as_of").alias("scored_at"))
    )
    # strictly earlier: a rerun of the same date has not changed anybody's previous score
    return (
        rows.sort("as_of")
        .join_asof(
            past,
            on="as_of",
            by=entity,
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .drop("scored_at")
    )
