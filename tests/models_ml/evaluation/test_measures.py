"""Measures against scikit-learn, by hand, and at their edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models_ml.evaluation.calibration import brier, calibration_line, expected_calibration_error
from models_ml.evaluation.discrimination import lift_at_top_decile, pr_auc, roc_auc
from models_ml.evaluation.drift import population_stability
from models_ml.evaluation.scorecard import MEASURES, measure


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9)), min_size=4, max_size=60))
def test_rankings_are_judged_as_scikit_learn_does(rows):
    outcome = np.array([0, 1] + [row[0] for row in rows])
    score = np.array([3, 3] + [row[1] for row in rows]) / 10

    assert roc_auc(outcome, score) == pytest.approx(roc_auc_score(outcome, score))
    assert pr_auc(outcome, score) == pytest.approx(average_precision_score(outcome, score))
    assert brier(outcome, score) == pytest.approx(brier_score_loss(outcome, score))


def test_lift_compares_the_best_tenth_with_all():
    outcome = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 1] + [0] * 10)

    assert lift_at_top_decile(outcome, -np.arange(20.0)) == pytest.approx(1 / 0.2)


def test_lift_of_equal_scores_is_one():
    outcome = np.random.default_rng(0).integers(0, 2, 97)

    assert lift_at_top_decile(outcome, np.zeros(97)) == pytest.approx(1.0)


def test_true_probabilities_lie_on_the_calibration_line():
    rng = np.random.default_rng(1)
    p = expit(rng.normal(size=40_000))
    y = (rng.random(40_000) < p).astype(int)

    slope, intercept = calibration_line(y, p)

    assert slope == pytest.approx(1.0, abs=0.05)
    assert intercept == pytest.approx(0.0, abs=0.05)
    assert expected_calibration_error(y, p) < 0.01


def test_overconfident_probabilities_have_a_slope_below_one():
    rng = np.random.default_rng(2)
    z = rng.normal(size=20_000)
    y = (rng.random(20_000) < expit(z)).astype(int)

    slope, _ = calibration_line(y, expit(2 * z))

    assert slope == pytest.approx(0.5, abs=0.05)


def test_calibration_error_is_the_mean_gap_of_the_bins():
    p = np.repeat([0.1, 0.9], 50)
    y = np.concatenate([np.repeat([1, 0], [10, 40]), np.repeat([1, 0], [40, 10])])

    assert expected_calibration_error(y, p) == pytest.approx(0.1)


def test_drift_by_hand():
    expected, actual = np.array([4999.5, 4999.5]), np.array([7499.5, 2499.5])

    by_hand = 0.25 * np.log(0.75 / 0.5) - 0.25 * np.log(0.25 / 0.5)

    assert population_stability(expected, actual) == pytest.approx(by_hand)


def test_drift_needs_the_same_bins():
    with pytest.raises(ValueError, match="same bins"):
        population_stability(np.array([1, 2]), np.array([1, 2, 3]))


def test_one_class_gives_no_number_rather_than_a_wrong_one():
    found = measure(np.zeros(10), np.full(10, 0.3))

    assert found["roc_auc"] is None
    assert found["lift_top_decile"] is None
    assert found["brier"] == pytest.approx(0.09)
    assert measure(np.empty(0), np.empty(0)) == dict.fromkeys(MEASURES)


def test_separated_outcomes_have_no_finite_calibration_line():
    p = np.array([0.1, 0.2, 0.8, 0.9])

    slope, _ = calibration_line((logit(p) > 0).astype(int), p)

    assert np.isnan(slope) or slope > 5
