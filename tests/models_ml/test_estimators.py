"""Every estimator keeps scikit-learn's contract."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.estimator_checks import parametrize_with_checks

from models_ml.estimators.additive_logistic import AdditiveLogistic
from models_ml.estimators.category_levels import CategoryLevels
from models_ml.estimators.log_scaler import LogScaler
from models_ml.estimators.piecewise_linear import PiecewiseLinear
from models_ml.estimators.platt_scaling import PlattScaling
from models_ml.estimators.quantile_score import QuantileScore
from models_ml.estimators.shrunk_base_rates import ShrunkBaseRates


@parametrize_with_checks(
    [
        QuantileScore(),
        PiecewiseLinear(),
        CategoryLevels(),
        LogScaler(),
        AdditiveLogistic(),
        ShrunkBaseRates(),
    ]
)
def test_the_estimator_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("transformer", [QuantileScore(), PiecewiseLinear(), LogScaler()])
def test_a_row_does_not_depend_on_who_else_is_transformed(transformer):
    X = np.random.default_rng(1).lognormal(size=(200, 3))
    transformer.fit(X)

    alone = np.vstack([transformer.transform(row[None, :]) for row in X])

    assert (alone == transformer.transform(X)).all()


def test_a_count_that_is_mostly_zero_keeps_its_knots_apart():
    X = np.array([[0.0]] * 95 + [[1.0]] * 3 + [[7.0]] * 2)

    columns = PiecewiseLinear().fit_transform(X)

    assert columns[0].tolist() == [0.0] * columns.shape[1]
    assert np.isfinite(columns).all()
    assert columns[-1, :-1].tolist() == [1.0] * (columns.shape[1] - 1)


def test_beyond_the_training_range_a_measure_stays_where_it_was():
    model = PiecewiseLinear().fit(np.arange(100.0)[:, None])

    assert (model.transform([[1e9]]) == model.transform([[99.0]])).all()
    assert (model.transform([[-1e9]]) == model.transform([[0.0]])).all()


def test_a_measure_first_missing_after_training_counts_as_its_median():
    model = PiecewiseLinear().fit(np.arange(101.0)[:, None])

    late, median = model.transform([[np.nan], [50.0]])

    assert (late[:-1] == median[:-1]).all()
    assert (late[-1], median[-1]) == (1.0, 0.0)


def test_rare_and_new_levels_share_a_column():
    X = np.array([["web"]] * 200 + [["fair"]] * 100 + [["tv"]], dtype=object)
    theirs = OneHotEncoder(
        min_frequency=0.01, handle_unknown="infrequent_if_exist", sparse_output=False
    ).fit(X)

    ours = CategoryLevels().fit(X)

    rows = np.array([["web"], ["fair"], ["tv"], ["never seen"]], dtype=object)
    assert (ours.transform(rows) == theirs.transform(rows)).all()
    assert ours.get_feature_names_out(["source"]).tolist() == [
        "source__fair",
        "source__web",
        "source__other",
    ]


def test_a_fit_without_a_customer_is_nearly_what_leaving_him_out_gives():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(300, 3))
    y = (rng.random(300) < expit(X @ [1.0, -0.5, 0.2])).astype(int)
    groups = np.repeat(np.arange(100), 3)

    quick = AdditiveLogistic().fit(X, y, groups).leave_group_out(X, y, groups)

    exact = np.concatenate(
        [
            AdditiveLogistic().fit(X[groups != g], y[groups != g]).decision_function(X[groups == g])
            for g in range(100)
        ]
    )
    plain = AdditiveLogistic().fit(X, y).decision_function(X)
    assert np.abs(quick - exact).max() < 0.25 * np.abs(plain - exact).max()


def test_coefficients_are_those_of_scikit_learn():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(500, 4))
    y = (rng.random(500) < expit(X @ [1.0, -0.5, 0.0, 0.3])).astype(int)

    ours = AdditiveLogistic(C=0.7).fit(X, y)

    theirs = LogisticRegression(C=0.7, tol=1e-10, max_iter=1000).fit(X, y)
    assert ours.coef_ == pytest.approx(theirs.coef_[0], abs=1e-5)


def test_rows_of_one_customer_widen_the_interval():
    rng = np.random.default_rng(3)
    X = np.repeat(rng.normal(size=(100, 1)), 10, axis=0)
    y = np.repeat((rng.random(100) < expit(X[::10, 0])).astype(int), 10)

    independent = AdditiveLogistic().fit(X, y)
    grouped = AdditiveLogistic().fit(X, y, groups=np.repeat(np.arange(100), 10))

    assert grouped.variance(X[:1])[0] > 4 * independent.variance(X[:1])[0]


def test_platt_scaling_recovers_a_planted_line():
    rng = np.random.default_rng(4)
    z = rng.normal(size=50_000)
    y = rng.random(50_000) < expit(0.6 * z - 0.4)

    scaling = PlattScaling().fit(z, y)

    assert scaling.slope_ == pytest.approx(0.6, abs=0.04)
    assert scaling.intercept_ == pytest.approx(-0.4, abs=0.04)


def test_platt_scaling_never_turns_a_ranking_round():
    z = np.linspace(-3, 3, 200)

    scaling = PlattScaling().fit(z, z < 0)

    assert scaling.slope_ == 0.0


def test_base_rates_of_nothing_are_one_half_and_hardly_known():
    rates = ShrunkBaseRates().fit_counts(np.empty((0, 2), dtype=object), np.empty(0))

    row = np.array([["web", "director"]], dtype=object)

    assert rates.base_ == 0.0
    assert rates.contributions(row).tolist() == [[0.0, 0.0]]
    assert expit(-1.96 * np.sqrt(rates.variance(row)[0])) < 0.01


def test_a_rare_category_stays_near_the_overall_rate():
    X = np.array([["web"]] * 200 + [["fair"]] * 2, dtype=object)
    outcome = np.array([1.0] * 20 + [0.0] * 180 + [1.0] * 2)

    rates = ShrunkBaseRates().fit_counts(X, outcome)
    web, fair, new = expit(
        rates.base_ + rates.contributions(np.array([["web"], ["fair"], ["tv"]], dtype=object))[:, 0]
    )

    overall = 22.5 / 203
    assert new == pytest.approx(overall)
    assert fair == pytest.approx((2 + 20 * overall) / 22)
    assert web == pytest.approx((20 + 20 * overall) / 220)
