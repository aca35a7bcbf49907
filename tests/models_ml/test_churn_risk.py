"""The churn risk: the same machinery on customers who return month after month."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from simulated_scores import AS_OF, simulate

from models_ml import churn_risk
from models_ml.score_contract import CHURN_RISK


@pytest.fixture(scope="module")
def customers():
    return simulate(churn_risk.DEFINITION, per_date=250, dates=14, seed=3)


def test_churn_is_scored_with_reasons_in_the_columns_of_its_table(customers):
    model = churn_risk.train(customers.features, customers.labels, as_of=AS_OF)

    scores = churn_risk.score(model, customers.current, run_id="r1")

    assert model.card.method == "model"
    assert scores.schema == CHURN_RISK.schema
    assert scores["reasons_pos"].list.len().max() == 3


def test_a_hundred_events_of_a_few_customers_are_not_a_hundred_examples():
    rng = np.random.default_rng(0)
    days = [AS_OF - timedelta(days=30 * i) for i in range(3, 20)]
    frame = pl.DataFrame({"customer_id": [f"c{i}" for i in range(60)]}).join(
        pl.DataFrame({"as_of": days}), how="cross"
    )
    frame = frame.with_columns(
        *(pl.Series(f.name, rng.poisson(3, frame.height)) for f in churn_risk.NUMERIC),
        *(pl.lit("a").alias(f.name) for f in churn_risk.CATEGORICAL),
    )
    labels = frame.select(
        "customer_id",
        "as_of",
        pl.Series("is_churned", rng.random(frame.height) < expit(0.0)),
    )

    model = churn_risk.train(frame, labels, as_of=AS_OF)

    assert labels["is_churned"].sum() > 400
    assert model.card.method == "rules"
    assert "60 entities" in model.card.method_reason


def test_rules_group_customers_by_the_time_since_their_last_order():
    rng = np.random.default_rng(1)
    few = simulate(churn_risk.DEFINITION, per_date=10, dates=10)
    silent = pl.Series("days_since_last_order", rng.choice([10.0, 300.0], few.features.height))
    features = few.features.with_columns(silent)
    labels = features.select(
        "customer_id", "as_of", (pl.col("days_since_last_order") > 90).alias("is_churned")
    ).join(few.labels.select("customer_id", "as_of"), on=["customer_id", "as_of"])

    model = churn_risk.train(features, labels, as_of=AS_OF)
    scores = churn_risk.score(model, features, run_id="r1").join(
        features, on=["customer_id", "as_of"]
    )

    by = dict(
        scores.group_by("days_since_last_order").agg(pl.col("probability").mean()).iter_rows()
    )
    assert by[300.0] > by[10.0] + 0.2
