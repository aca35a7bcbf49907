"""A challenger replaces the champion only if it is at least as good on later dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from simulated_scores import AS_OF

from models_ml import lead_scores
from models_ml.promotion import RUN_COLUMNS, model_run, promote

DEFINITION = lead_scores.DEFINITION


@pytest.fixture(scope="module")
def earlier(leads):
    cut = AS_OF - timedelta(days=30)
    return lead_scores.train(
        leads.features,
        leads.labels.filter(pl.col("as_of") + pl.duration(days=90) <= cut),
        as_of=cut,
    )


def test_the_first_model_is_champion(leads, lead_model):
    decision = promote(DEFINITION, None, lead_model, leads.features, leads.labels)

    assert decision.promoted
    assert decision.champion is None


def test_the_same_data_decide_nothing(leads, lead_model):
    decision = promote(DEFINITION, lead_model, lead_model, leads.features, leads.labels)

    assert not decision.promoted
    assert "same data" in decision.reason


def test_both_are_measured_on_the_same_later_dates(leads, lead_model, earlier):
    decision = promote(DEFINITION, earlier, lead_model, leads.features, leads.labels)

    assert decision.challenger == lead_model.card.measures
    assert decision.champion["brier"] != decision.challenger["brier"]
    assert decision.promoted == (decision.challenger["brier"] <= decision.champion["brier"])


def test_a_worse_challenger_stays_challenger(leads, lead_model, earlier):
    spoiled = leads.features.with_columns(
        pl.col(name).shuffle(seed=1)
        for name in ("age_days", "number_of_employees", "has_phone", "lead_source")
    )
    worse = lead_scores.train(spoiled, leads.labels, as_of=AS_OF)

    decision = promote(DEFINITION, earlier, worse, leads.features, leads.labels)

    assert not decision.promoted
    assert "larger than the champion's" in decision.reason


def test_rules_never_replace_a_model_and_a_model_always_replaces_rules(leads, lead_model):
    rules = lead_scores.train(leads.features.clear(), leads.labels.clear(), as_of=AS_OF)

    assert not promote(DEFINITION, lead_model, rules, leads.features, leads.labels).promoted
    assert promote(DEFINITION, rules, lead_model, leads.features, leads.labels).promoted


def test_a_champion_of_other_features_is_replaced(leads, lead_model, earlier):
    card = replace(earlier.card, features=["age_days"])

    decision = promote(
        DEFINITION, replace(earlier, card=card), lead_model, leads.features, leads.labels
    )

    assert decision.promoted
    assert "features have changed" in decision.reason


def test_the_run_row_has_the_columns_of_its_table(leads, lead_model):
    decision = promote(DEFINITION, None, lead_model, leads.features, leads.labels)

    row = model_run(
        lead_model,
        run_id="r1",
        role="challenger",
        trained_at=AS_OF,
        measures=decision.challenger,
        promoted=decision.promoted,
        reason=decision.reason,
        card_path="models/lead_scores/x/card.md",
    )

    assert tuple(row) == RUN_COLUMNS
    assert row["roc_auc"] == lead_model.card.measures["roc_auc"]
    assert row["as_of"] == AS_OF


def test_dates_the_champion_has_seen_do_not_count(leads, lead_model, earlier):
    last = lead_model.card.evaluated_on[-1]
    seen = replace(earlier, card=replace(earlier.card, evaluated_on=[last]))
    all_seen = replace(earlier, card=replace(earlier.card, evaluated_on=[AS_OF.isoformat()]))

    one = promote(DEFINITION, seen, lead_model, leads.features, leads.labels)
    none = promote(DEFINITION, all_seen, lead_model, leads.features, leads.labels)

    assert one.reason.endswith(f"on {last[:10]} to {last[:10]}")
    assert not none.promoted
    assert "not compared" in none.reason
