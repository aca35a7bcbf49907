"""What became of past scores: score rows and labels in, rows of ``meta.score_outcomes`` out."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from models_ml.evaluation.scorecard import measure
from models_ml.probability_score.definition import ScoreDefinition


def realised_outcomes(
    definition: ScoreDefinition, scores: pl.DataFrame, labels: pl.DataFrame
) -> pl.DataFrame:
    """Return every past score whose window is over, with what happened.

    Parameters
    ----------
    scores
        History of the score table: entity, as_of, probability.
    labels
        Label table of the score; holds only windows that are over.

    Returns
    -------
    pl.DataFrame
        Columns score, entity_id, as_of, probability, outcome (boolean), observed_at (end of the
        window), sorted by entity and date.
    """
    key = [definition.entity, "as_of"]
    known = labels.select(
        pl.col(key[0]).cast(pl.String),
        pl.col("as_of").cast(pl.Datetime("us")),
        pl.col(definition.label).alias("outcome"),
    ).drop_nulls("outcome")
    return (
        scores.select(
            pl.col(key[0]).cast(pl.String), pl.col("as_of").cast(pl.Datetime("us")), "probability"
        )
        .join(known, on=key, how="inner")
        .select(
            pl.lit(definition.name).alias("score"),
            pl.col(key[0]).alias("entity_id"),
            "as_of",
            "probability",
            "outcome",
            (pl.col("as_of") + timedelta(days=definition.horizon_days)).alias("observed_at"),
        )
        .sort("entity_id", "as_of")
    )


def measures_by_date(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return the measures of every past date of ``outcomes``, one row per date, with counts."""
    rows = []
    for (day,), group in sorted(outcomes.group_by("as_of"), key=lambda each: each[0]):
        outcome = group["outcome"].cast(pl.Int8).to_numpy()
        found = measure(outcome, group["probability"].to_numpy())
        rows.append({"as_of": day, "rows": group.height, "positives": int(outcome.sum())} | found)
    return pl.DataFrame(rows, infer_schema_length=None)
