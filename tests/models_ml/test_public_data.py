"""The recipe on public data nobody here wrote, against untuned references on the same folds.

References, five shuffled folds: bank marketing without the leaking ``duration``, logistic
regression AUC .792 and Brier .078; online shoppers without PageValues, boosted trees AUC .783 and
Brier .113. In file order the bank's last 30 % belong to another economy than the first 70 %
(reference AUC .66): no penalty is right there, so the order is left aside.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from simulated_scores import AS_OF

from models_ml.evaluation.calibration import brier
from models_ml.evaluation.discrimination import roc_auc
from models_ml.evaluation.leakage import single_feature_auc
from models_ml.probability_score.definition import Feature, ScoreDefinition
from models_ml.probability_score.recipe import fit_model
from models_ml.score_contract import LEAD_SCORES

pytestmark = pytest.mark.real_data


def definition(frame: pl.DataFrame) -> ScoreDefinition:
    numeric = [n for n, t in frame.schema.items() if t.is_numeric() and n != "outcome"]
    texts = [n for n, t in frame.schema.items() if t == pl.String and n != "lead_id"]
    return ScoreDefinition(
        table=LEAD_SCORES,
        reads="public",
        labels="public",
        entity="lead_id",
        label="outcome",
        horizon_days=90,
        numeric=tuple(Feature(n, n) for n in numeric),
        categorical=tuple(Feature(n, n) for n in texts),
        rule_keys=(),
        limitations=(),
    )


def dated(frame: pl.DataFrame) -> pl.DataFrame:
    """Give row ``i`` its own id and one of twenty dates, in file order."""
    step = pl.int_range(pl.len()) * 20 // pl.len()
    return frame.with_columns(
        pl.int_range(pl.len()).cast(pl.String).alias("lead_id"),
        (pl.lit(AS_OF) + step * pl.lit(timedelta(days=30))).alias("as_of"),
    ).with_columns(pl.col(pl.Int64).exclude("outcome").cast(pl.Float64))


def predicted(train: pl.DataFrame, test: pl.DataFrame) -> np.ndarray:
    what = definition(train)
    return fit_model(train, what, penalty=1000.0).terms(test, what).probability


def bank(folder: Path) -> pl.DataFrame:
    [file] = (folder / "bank_marketing").glob("*full*.csv*")
    return pl.read_csv(file, separator=";", infer_schema_length=None).with_columns(
        (pl.col("y") == "yes").cast(pl.Int8).alias("outcome")
    )


def test_bank_calls_are_ranked_as_well_as_by_logistic_regression(real_data):
    frame = dated(bank(real_data).drop("y", "duration")).sample(fraction=0.5, shuffle=True, seed=0)
    cut = int(0.8 * frame.height)

    p = predicted(frame.head(cut), frame.tail(-cut))

    outcome = frame["outcome"].tail(-cut).to_numpy()
    assert roc_auc(outcome, p) > 0.77
    assert brier(outcome, p) < 0.085


def test_the_probe_points_at_the_length_of_the_call(real_data):
    frame = bank(real_data)
    numeric = [n for n, t in frame.schema.items() if t.is_numeric() and n != "outcome"]

    found = single_feature_auc(
        frame.with_columns(pl.col(numeric).cast(pl.Float64)),
        frame["outcome"].to_numpy(),
        numeric,
        ["job", "poutcome"],
    )

    assert next(iter(found)) == "duration"


def test_online_shoppers_are_told_apart_as_well_as_by_boosted_trees(real_data):
    [file] = (real_data / "web_online_shoppers").glob("*.csv*")
    frame = pl.read_csv(file, infer_schema_length=None).with_columns(
        pl.col("Revenue").cast(pl.Int8).alias("outcome")
    )
    frame = dated(
        frame.drop("Revenue", "PageValues").with_columns(pl.col(pl.Boolean).cast(pl.Float64))
    ).sample(fraction=1, shuffle=True, seed=0)
    cut = int(0.8 * frame.height)

    p = predicted(frame.head(cut), frame.tail(-cut))

    outcome = frame["outcome"].tail(-cut).to_numpy()
    assert roc_auc(outcome, p) > 0.75
    assert brier(outcome, p) < 0.12
