"""Turn each measure into the columns of a piecewise linear function of it."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0)


def signed_log(X: np.ndarray) -> np.ndarray:
    """Return ``sign(x) log(1 + |x|)``: counts and amounts have long tails on both sides of 0."""
    return np.sign(X) * np.log1p(np.abs(X))


def _knots(known: np.ndarray) -> np.ndarray:
    # values that occur, not means of neighbours: a count has no knot between 0 and 1
    return np.unique(np.quantile(known, QUANTILES, method="inverted_cdf"))


def _median(known: np.ndarray) -> float:
    return float(np.quantile(known, 0.5, method="inverted_cdf"))


class PiecewiseLinear(TransformerMixin, BaseEstimator):
    """Expand every column into its progress through the segments between quantile knots.

    Column ``j`` of a measure is ``clip((x - knot_j) / (knot_{j+1} - knot_j), 0, 1)``, so a linear
    model on the columns is a continuous function of the measure with one slope per segment. An L2
    penalty on the coefficients pulls the *steps* to zero, hence the function to a constant; outside
    the range seen in ``fit`` it stays constant. A missing value takes the place of the median and
    sets the measure's indicator, its last column: a measure that was never missing in training
    says nothing when it is missing later.

    Attributes
    ----------
    knots_ : list of ndarray
        Ascending distinct knots of every measure, on the signed logarithmic scale.
    median_ : ndarray of shape (n_features_in_,)
        Stand-in for a missing value, same scale; 0 for a measure that is always missing.
    feature_of_column_ : ndarray of shape (n_columns,)
        Index of the measure each output column belongs to.

    Examples
    --------
    >>> PiecewiseLinear().fit_transform([[0.0], [1.0], [float("nan")]]).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """

    def fit(self, X: Any, y: None = None) -> Self:
        """Learn the knots. ``X`` is array-like of shape (n_rows, n_measures), missing is NaN."""
        X = signed_log(validate_data(self, X, dtype=float, ensure_all_finite="allow-nan"))
        self.knots_, medians, owners = [], [], []
        for j in range(X.shape[1]):
            known = X[~np.isnan(X[:, j]), j]
            knots = _knots(known) if known.size else np.zeros(1)
            self.knots_.append(knots)
            medians.append(_median(known) if known.size else 0.0)
            owners += [j] * len(knots)  # one column a segment, and the indicator
        self.median_ = np.array(medians)
        self.feature_of_column_ = np.array(owners)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the columns, floats from 0 to 1 of shape (n_rows, n_columns)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", reset=False)
        X = signed_log(X)
        columns = []
        for j, knots in enumerate(self.knots_):
            missing = np.isnan(X[:, j])
            x = np.where(missing, self.median_[j], X[:, j])
            progress = (x[:, None] - knots[:-1]) / np.diff(knots)
            columns += [np.clip(progress, 0.0, 1.0), missing[:, None].astype(float)]
        return np.hstack(columns)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return ``<measure>__<segment>`` and ``<measure>__missing``."""
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        out = []
        for name, knots in zip(names, self.knots_, strict=True):
            out += [f"{name}__{j}" for j in range(len(knots) - 1)] + [f"{name}__missing"]
        return np.array(out, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags
