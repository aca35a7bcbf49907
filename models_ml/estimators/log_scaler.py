"""Put measures with long tails on one scale, for distances between customers."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models_ml.estimators.piecewise_linear import signed_log

REACH = 3.0


class LogScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Signed logarithm, then mean 0 and deviation 1, cut at three deviations.

    The cut keeps one customer with a thousand orders from being a cluster of its own. A missing
    value becomes 0, the mean.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_features,)
        Of the signed logarithms; the scale of a constant column is 1.

    Examples
    --------
    >>> LogScaler().fit_transform([[0.0], [0.0], [9.0], [9.0]]).ravel().tolist()
    [-1.0, -1.0, 1.0, 1.0]
    """

    def fit(self, X: Any, y: None = None) -> Self:
        """Learn mean and scale. ``X`` of shape (n_customers, n_features), missing is NaN."""
        X = signed_log(validate_data(self, X, dtype=float, ensure_all_finite="allow-nan"))
        known = ~np.isnan(X)
        n = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, X, 0.0)
        self.mean_ = filled.sum(axis=0) / n
        variance = np.where(known, (filled - self.mean_) ** 2, 0.0).sum(axis=0) / n
        self.scale_ = np.where(variance > 1e-24, np.sqrt(variance), 1.0)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the scaled measures, floats from -3 to 3 of the shape of ``X``."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", reset=False)
        scaled = (signed_log(X) - self.mean_) / self.scale_
        return np.clip(np.where(np.isnan(scaled), 0.0, scaled), -REACH, REACH)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags
