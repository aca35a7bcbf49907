"""Past scores meet what happened."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from simulated_scores import AS_OF

from models_ml import lead_scores
from models_ml.outcomes import measures_by_date, realised_outcomes


def test_a_score_whose_window_is_over_gets_its_outcome(leads, lead_model):
    history = lead_scores.score(lead_model, leads.features, run_id="r1")

    outcomes = realised_outcomes(lead_scores.DEFINITION, history, leads.labels)

    assert outcomes.height == leads.labels.height
    assert outcomes["as_of"].max() == AS_OF - timedelta(days=90)
    assert (outcomes["observed_at"] - outcomes["as_of"]).unique().to_list() == [timedelta(days=90)]
    assert outcomes.columns == [
        "score", "entity_id", "as_of", "probability", "outcome", "observed_at",
    ]  # fmt: skip
    assert outcomes["outcome"].sum() == leads.labels["is_converted"].sum()


def test_every_date_is_measured(leads, lead_model):
    history = lead_scores.score(lead_model, leads.features, run_id="r1")

    table = measures_by_date(realised_outcomes(lead_scores.DEFINITION, history, leads.labels))

    assert table["as_of"].is_sorted()
    assert table["rows"].sum() == leads.labels.height
    assert table["brier"].mean() == pytest.approx(0.2, abs=0.04)


def test_no_score_yet_is_no_outcome(leads, lead_model):
    history = lead_scores.score(lead_model, leads.current, run_id="r1")

    outcomes = realised_outcomes(lead_scores.DEFINITION, history, leads.labels)

    assert outcomes.is_empty()
    assert measures_by_date(outcomes).is_empty()
    assert outcomes.schema["outcome"] == pl.Boolean
