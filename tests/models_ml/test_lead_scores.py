"""The lead score: contract, reasons, truth recovered, little data, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated_scores import AS_OF, simulate

from models_ml import lead_scores
from models_ml.evaluation.calibration import calibration_line
from models_ml.evaluation.discrimination import roc_auc
from models_ml.probability_score import training
from models_ml.probability_score.feature_table import UnusableTable
from models_ml.probability_score.scoring import UnusableModel, score_drift
from models_ml.probability_score.terms import MAX_LOG_ODDS
from models_ml.score_contract import LEAD_SCORES

NUMBERS = [f.name for f in lead_scores.NUMERIC]
TEXTS = [f.name for f in lead_scores.CATEGORICAL]


def gap(row: dict) -> float:
    total = row["base_value"] + sum(json.loads(row["contributions"]).values())
    p = row["probability"]
    return abs(total - np.log(p / (1 - p)))


def test_scores_have_the_columns_of_their_table(leads, lead_model):
    scores = lead_scores.score(lead_model, leads.current, run_id="r1")

    assert scores.schema == LEAD_SCORES.schema
    assert scores.height == leads.current.height
    assert set(scores["run_id"]) == {"r1"}
    assert set(scores["method"]) == {"model"}
    assert (scores["data_cutoff"] == scores["as_of"]).all()


def test_true_probabilities_are_recovered(leads, lead_model):
    both = lead_scores.score(lead_model, leads.features, run_id="r1").join(
        leads.truth, on=["lead_id", "as_of"]
    )

    error = (both["probability"] - both["truth"]).to_numpy()
    inside = (both["p_low"] <= both["truth"]) & (both["truth"] <= both["p_high"])
    assert np.sqrt(np.mean(error**2)) < 0.09
    assert abs(error.mean()) < 0.03
    assert inside.mean() > 0.8


def test_new_rows_of_the_same_world_are_ranked_and_calibrated(lead_model):
    later = simulate(lead_scores.DEFINITION, per_date=600, dates=8, seed=9)
    rows = lead_scores.score(lead_model, later.features, run_id="r1").join(
        later.labels, on=["lead_id", "as_of"]
    )

    outcome = rows["is_converted"].cast(pl.Int8).to_numpy()
    slope, intercept = calibration_line(outcome, rows["probability"].to_numpy())
    assert roc_auc(outcome, rows["probability"].to_numpy()) > 0.65
    assert 0.75 < slope < 1.35
    assert abs(intercept) < 0.3


def test_the_card_reports_measures_on_dates_the_evaluated_model_never_saw(leads, lead_model):
    card = lead_model.card

    first_test = min(card.evaluated_on)
    labelled = leads.labels["as_of"].unique().sort()
    assert card.method == "model"
    assert len(card.evaluated_on) == 3
    assert first_test == labelled[-3].isoformat()
    assert 0.6 < card.measures["roc_auc"] < 0.8
    assert None not in card.measures.values()
    assert "Limitations" in card.to_markdown()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(
        st.one_of(st.none(), st.floats(-1e12, 1e12)), min_size=len(NUMBERS), max_size=len(NUMBERS)
    ),
    texts=st.lists(
        st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["a", "b", "c"])),
        min_size=len(TEXTS),
        max_size=len(TEXTS),
    ),
)
def test_reasons_add_up_to_the_log_odds_whatever_the_features(lead_model, numbers, texts):
    row = {"lead_id": "x", "as_of": AS_OF} | dict(zip(NUMBERS, numbers, strict=True))
    frame = pl.DataFrame(
        [row | dict(zip(TEXTS, texts, strict=True))],
        schema_overrides=dict.fromkeys(NUMBERS, pl.Float64) | dict.fromkeys(TEXTS, pl.String),
    )

    [scored] = lead_scores.score(lead_model, frame, run_id="r1").to_dicts()

    assert gap(scored) < 1e-9
    assert scored["p_low"] <= scored["probability"] <= scored["p_high"]


def test_a_score_does_not_depend_on_who_else_is_scored(leads, lead_model):
    together = lead_scores.score(lead_model, leads.current, run_id="r1")
    rows = leads.current.sort("lead_id").head(25)

    alone = pl.concat(
        lead_scores.score(lead_model, rows[i], run_id="r1") for i in range(rows.height)
    )

    same = together.join(alone.select("lead_id"), on="lead_id", how="semi")
    exact = pl.exclude("probability", "p_low", "p_high", "base_value", "contributions")
    assert alone.select(exact).equals(same.select(exact))
    assert alone["probability"].to_numpy() == pytest.approx(
        same["probability"].to_numpy(), abs=1e-12
    )


def test_the_same_data_in_another_order_give_the_same_model(leads, lead_model):
    again = lead_scores.train(
        leads.features.sample(fraction=1, shuffle=True, seed=5),
        leads.labels.sample(fraction=1, shuffle=True, seed=6),
        as_of=AS_OF,
    )

    assert again.card == lead_model.card
    assert lead_scores.score(again, leads.current, run_id="r1").equals(
        lead_scores.score(lead_model, leads.current, run_id="r1")
    )


def test_other_data_give_another_version(leads, lead_model):
    fewer = lead_scores.train(leads.features, leads.labels.head(2900), as_of=AS_OF)

    assert fewer.version != lead_model.version


def test_deciles_are_cut_at_the_reference_rows_not_at_the_scored_ones(leads, lead_model):
    scores = lead_scores.score(lead_model, leads.current, run_id="r1")
    best = scores.sort("probability", descending=True).head(5)["lead_id"]
    rows = leads.current.filter(pl.col("lead_id").is_in(best.to_list()))

    assert set(lead_scores.score(lead_model, rows, run_id="r1")["decile"]) == {1}
    assert scores.filter(pl.col("decile") <= 2)["grade"].unique().to_list() == ["A"]
    assert lead_model.reference_counts.sum() == lead_model.card.n_rows
    assert score_drift(lead_model, scores) < 0.25


def test_reasons_name_the_features_that_moved_the_score_most(leads, lead_model):
    scores = lead_scores.score(lead_model, leads.current, run_id="r1")

    for row in scores.head(50).iter_rows(named=True):
        parts = json.loads(row["contributions"])
        first = max(parts, key=lambda name: parts[name])
        label = next(
            f.label for f in lead_scores.NUMERIC + lead_scores.CATEGORICAL if f.name == first
        )
        if parts[first] >= 0.05:
            assert row["reasons_pos"][0].startswith(label)
        assert len(row["reasons_pos"]) <= 3
        assert not set(row["reasons_pos"]) & set(row["reasons_neg"])


def test_prev_score_is_the_newest_score_of_an_earlier_date(leads, lead_model):
    one = leads.current.sort("lead_id").head(1)
    lead = one["lead_id"][0]
    previous = pl.DataFrame(
        {
            "lead_id": [lead, lead, lead, "other"],
            "as_of": [AS_OF - timedelta(days=d) for d in (60, 30, 0, 1)],
            "score": [10.0, 20.0, 99.0, 5.0],
        }
    )

    scored = lead_scores.score(lead_model, one, run_id="r2", previous=previous)

    assert scored["prev_score"].to_list() == [20.0]


def test_without_earlier_scores_there_is_no_prev_score(leads, lead_model):
    none = lead_scores.score(lead_model, leads.current, run_id="r1").clear()

    scored = lead_scores.score(lead_model, leads.current, run_id="r2", previous=none)

    assert scored["prev_score"].null_count() == scored.height


def test_too_few_conversions_give_rules_that_say_so():
    few = simulate(lead_scores.DEFINITION, per_date=15)

    model = lead_scores.train(few.features, few.labels, as_of=AS_OF)
    scores = lead_scores.score(model, few.current, run_id="r1")

    assert model.card.method == "rules"
    assert "100 of each are needed" in model.card.method_reason
    assert set(scores["method"]) == {"rules"}
    assert max(gap(row) for row in scores.to_dicts()) < 1e-9
    assert (scores["p_high"] - scores["p_low"]).min() > 0.1
    assert json.loads(scores["contributions"][0]).keys() == {"lead_source", "title_level"}


def test_too_short_a_history_gives_rules_that_say_so():
    short = simulate(lead_scores.DEFINITION, per_date=1500, dates=6)

    model = lead_scores.train(short.features, short.labels, as_of=AS_OF)

    assert model.card.method == "rules"
    assert "3 horizons" in model.card.method_reason
    assert model.evaluated is None
    assert set(model.card.measures.values()) == {None}


def test_no_data_at_all_give_one_half_and_an_interval_that_knows_nothing(leads):
    model = lead_scores.train(leads.features.clear(), leads.labels.clear(), as_of=AS_OF)

    scores = lead_scores.score(model, leads.current, run_id="r1")

    assert set(scores["probability"]) == {0.5}
    assert scores["p_low"].max() < 0.01
    assert scores["p_high"].min() > 0.99


def test_nobody_to_score_gives_an_empty_table(leads, lead_model):
    scores = lead_scores.score(lead_model, leads.current.clear(), run_id="r1")

    assert scores.schema == LEAD_SCORES.schema
    assert scores.is_empty()


def test_probabilities_keep_away_from_0_and_1(leads, lead_model):
    # doubles cannot hold the reasons of a certainty
    terms = lead_model.predictor.terms(leads.current, lead_scores.DEFINITION)

    assert np.abs(terms.log_odds).max() <= MAX_LOG_ODDS


def test_a_feature_that_knows_the_answer_is_reported(leads, caplog):
    told = leads.features.join(leads.labels, on=["lead_id", "as_of"], how="left").with_columns(
        pl.col("is_converted").cast(pl.Float64).alias("calls_answered_total")
    )

    model = lead_scores.train(told.drop("is_converted"), leads.labels, as_of=AS_OF)

    assert model.card.suspicious_features == ["calls_answered_total"]
    assert "calls_answered_total alone" in caplog.text
    assert "knows the future" in model.card.to_markdown()


@pytest.mark.parametrize("column", ["age_days", "industry", "lead_id", "as_of"])
def test_a_missing_column_is_named(leads, lead_model, column):
    with pytest.raises(UnusableTable, match=rf"lead_features lacks the column {column}"):
        lead_scores.score(lead_model, leads.current.drop(column), run_id="r1")


def test_a_text_where_a_number_belongs_is_named(leads):
    wrong = leads.features.with_columns(pl.lit("many").alias("web_sessions_30d"))

    with pytest.raises(UnusableTable, match=r"web_sessions_30d must be a number"):
        lead_scores.train(wrong, leads.labels, as_of=AS_OF)


def test_an_infinite_value_is_named(leads, lead_model):
    wrong = leads.current.with_columns(pl.lit(float("inf")).alias("age_days"))

    with pytest.raises(UnusableTable, match=r"age_days holds an infinite value"):
        lead_scores.score(lead_model, wrong, run_id="r1")


def test_a_lead_twice_on_a_date_is_named(leads, lead_model):
    twice = pl.concat([leads.current, leads.current.head(1)])

    with pytest.raises(UnusableTable, match=f"{leads.current['lead_id'][0]} at .* more than once"):
        lead_scores.score(lead_model, twice, run_id="r1")


def test_a_label_whose_window_is_not_over_is_refused(leads):
    early = AS_OF - timedelta(days=1)

    with pytest.raises(UnusableTable, match="label only windows that are over"):
        lead_scores.train(leads.features, leads.labels, as_of=early)


def test_a_model_of_other_features_is_refused(leads, lead_model):
    card = replace(lead_model.card, features=lead_model.card.features[1:])

    with pytest.raises(UnusableModel, match="train it again"):
        lead_scores.score(replace(lead_model, card=card), leads.current, run_id="r1")


def test_decimals_booleans_and_missing_columns_of_nulls_are_numbers(leads, lead_model):
    frame = leads.current.with_columns(
        pl.lit(True).alias("has_phone"),
        pl.lit(None).alias("number_of_employees"),
        pl.col("age_days").cast(pl.Decimal(18, 4)),
    )

    assert lead_scores.score(lead_model, frame, run_id="r1").height == frame.height


def test_a_model_of_the_same_data_is_not_fitted_again(leads, lead_model, monkeypatch):
    monkeypatch.setattr(training, "_train", lambda *_: "fitted")
    other = leads.labels.with_columns(~pl.col("is_converted"))

    def trained(labels: pl.DataFrame, as_of: datetime) -> object:
        return lead_scores.train(leads.features, labels, as_of=as_of, known=lead_model)

    assert trained(leads.labels.sample(fraction=1, shuffle=True, seed=1), AS_OF) is lead_model
    assert trained(other, AS_OF) == "fitted"
    assert trained(leads.labels, AS_OF + timedelta(days=1)) == "fitted"
