"""Log-odds as a sum: what each feature contributed, and how sure the sum is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from models_ml.estimators.additive_logistic import AdditiveLogistic
from models_ml.estimators.category_levels import CategoryLevels
from models_ml.estimators.piecewise_linear import PiecewiseLinear
from models_ml.estimators.platt_scaling import PlattScaling
from models_ml.probability_score.definition import ScoreDefinition

# Beyond this a double cannot hold 1 - p well enough for reasons to add up to 1e-9; it is also
# farther than any data here could support.
MAX_LOG_ODDS = float(np.log((1 - 1e-6) / 1e-6))
INTERVAL_Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True)
class Terms:
    """Additive log-odds of some rows.

    Attributes
    ----------
    base_value : float
        Log-odds of the average training row.
    contributions : ndarray of shape (n_rows, n_features)
        Log-odds each feature adds.
    variance : ndarray of shape (n_rows,)
        Of the log-odds, from estimation alone.
    """

    base_value: float
    contributions: np.ndarray
    variance: np.ndarray

    @property
    def log_odds(self) -> np.ndarray:
        """Sum of base value and contributions, shape (n_rows,)."""
        return self.base_value + self.contributions.sum(axis=1)

    @property
    def probability(self) -> np.ndarray:
        """Probability of the event, shape (n_rows,)."""
        return expit(self.log_odds)

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the 95 % interval of the probability, each of shape (n_rows,)."""
        reach = INTERVAL_Z * np.sqrt(self.variance)
        return expit(self.log_odds - reach), expit(self.log_odds + reach)


def additive_design(definition: ScoreDefinition) -> ColumnTransformer:
    """Return the unfitted columns of the model: piecewise linear measures, grouped categories."""
    return ColumnTransformer(
        [
            ("numeric", PiecewiseLinear(), [f.name for f in definition.numeric]),
            ("categorical", CategoryLevels(), [f.name for f in definition.categorical]),
        ]
    )


def additive_pipeline(design: ColumnTransformer, logistic: AdditiveLogistic) -> Pipeline:
    """Return the model of both fitted parts; preprocessing is inside it, never beside it."""
    return Pipeline([("design", design), ("logistic", logistic)])


def feature_of_column(pipeline: Pipeline) -> np.ndarray:
    """Return for every design column the index of its feature, numeric features first."""
    design = pipeline["design"]
    numeric, categorical = (design.named_transformers_[n] for n in ("numeric", "categorical"))
    return np.concatenate(
        [
            numeric.feature_of_column_,
            numeric.n_features_in_ + categorical.feature_of_column_,
        ]
    )


def additive_terms(pipeline: Pipeline, X: object) -> Terms:
    """Return the terms of a fitted `additive_pipeline`, measured from the training mean."""
    design, logistic = pipeline["design"].transform(X), pipeline["logistic"]
    owners = feature_of_column(pipeline)
    member = np.zeros((design.shape[1], owners.max() + 1))
    member[np.arange(len(owners)), owners] = 1.0
    return Terms(
        base_value=float(logistic.intercept_ + logistic.centre_ @ logistic.coef_),
        contributions=((design - logistic.centre_) * logistic.coef_) @ member,
        variance=logistic.variance(design),
    )


def calibrate(terms: Terms, scaling: PlattScaling) -> Terms:
    """Return the terms on the calibrated scale, within `MAX_LOG_ODDS`."""
    z = terms.log_odds
    design = np.column_stack([z, np.ones(len(z))])
    of_line = ((design @ scaling.covariance_) * design).sum(axis=1)
    base = scaling.slope_ * terms.base_value + scaling.intercept_
    contributions = scaling.slope_ * terms.contributions
    moved = contributions.sum(axis=1)
    bounded = np.clip(base + moved, -MAX_LOG_ODDS, MAX_LOG_ODDS) - base
    shrink = np.divide(bounded, moved, out=np.ones_like(moved), where=moved != 0)
    return Terms(
        base_value=base,
        contributions=np.where(
            (shrink == 1.0)[:, None], contributions, contributions * shrink[:, None]
        ),
        variance=scaling.slope_**2 * terms.variance + of_line,
    )
