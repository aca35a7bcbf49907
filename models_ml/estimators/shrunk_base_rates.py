"""Base rates per category, shrunk to the overall rate: the score when there is too little data."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy.special import expit, logit, polygamma
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data


class ShrunkBaseRates(ClassifierMixin, BaseEstimator):
    """Beta-binomial base rates of a few categorical keys, averaged on the log-odds scale.

    The overall rate has Jeffreys' prior Beta(1/2, 1/2): without any row it is 0.5 with an interval
    from nearly 0 to nearly 1, which is what is known. A category's rate has the prior
    Beta(m p, m (1 - p)) around the overall rate ``p``. The keys' effects are averaged rather than
    added, because keys overlap and there is too little data to learn by how much.

    Parameters
    ----------
    strength : float, default=20.0
        ``m``, the number of rows the overall rate counts for in every category.

    Attributes
    ----------
    base_ : float
        Log-odds of the overall rate.
    levels_ : list of ndarray of str
        Known categories of every key.
    effects_, variances_ : list of ndarray
        Log-odds effect of every category, and its variance.
    unseen_variance_ : float
        Variance for a category never seen, whose effect is 0.

    Examples
    --------
    >>> rates = ShrunkBaseRates().fit([["web"], ["web"], ["fair"], ["fair"]], [0, 0, 1, 1])
    >>> bool(rates.predict_proba([["fair"]])[0, 1] > 0.5)
    True
    """

    def __init__(self, strength: float = 20.0) -> None:
        self.strength = strength

    def fit(self, X: Any, y: Any) -> Self:
        """Count. ``X`` holds one category per key, shape (n_rows, n_keys); ``y`` two classes.

        Raises
        ------
        ValueError
            If ``y`` holds more than two classes.
        """
        X, y = validate_data(self, X, y, dtype=None)
        self.classes_, outcome = _two_classes(y)
        return self._count(np.asarray(X).astype(str), outcome)

    def fit_counts(self, X: np.ndarray, outcome: np.ndarray) -> Self:
        """Count from text categories and 0/1 outcomes; also of no row or of one class only."""
        self.n_features_in_ = X.shape[1]
        self.classes_ = np.array([0, 1])
        return self._count(X, outcome)

    def _count(self, X: np.ndarray, outcome: np.ndarray) -> Self:
        positives, negatives = outcome.sum() + 0.5, (1 - outcome).sum() + 0.5
        p = positives / (positives + negatives)
        self.base_ = float(logit(p))
        self.base_variance_ = float(_logit_variance(positives, negatives))
        self.unseen_variance_ = float(_logit_variance(self.strength * p, self.strength * (1 - p)))
        self.levels_, self.effects_, self.variances_ = [], [], []
        for j in range(X.shape[1]):
            levels, codes = np.unique(X[:, j].astype(str), return_inverse=True)
            hits = np.bincount(codes, weights=outcome, minlength=len(levels))
            misses = np.bincount(codes, weights=1 - outcome, minlength=len(levels))
            a, b = hits + self.strength * p, misses + self.strength * (1 - p)
            self.levels_.append(levels)
            self.effects_.append(np.log(a) - np.log(b) - self.base_)
            self.variances_.append(_logit_variance(a, b))
        return self

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return log-odds per key, shape (n_rows, n_keys); they and ``base_`` add up."""
        return self._look_up(X, self.effects_, 0.0) / max(len(self.levels_), 1)

    def variance(self, X: np.ndarray) -> np.ndarray:
        """Return the variance of the log-odds, shape (n_rows,)."""
        each = self._look_up(X, self.variances_, self.unseen_variance_)
        return self.base_variance_ + each.sum(axis=1) / max(len(self.levels_), 1) ** 2

    def _look_up(self, X: np.ndarray, tables: list[np.ndarray], unseen: float) -> np.ndarray:
        out = np.full(X.shape, unseen, dtype=float)
        for j, (levels, table) in enumerate(zip(self.levels_, tables, strict=True)):
            if len(levels):
                values = X[:, j].astype(str)
                place = np.minimum(np.searchsorted(levels, values), len(levels) - 1)
                out[:, j] = np.where(levels[place] == values, table[place], unseen)
        return out

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return probabilities of both classes, shape (n_rows, 2)."""
        check_is_fitted(self)
        X = np.asarray(validate_data(self, X, dtype=None, reset=False))
        p = expit(self.base_ + self.contributions(X).sum(axis=1))
        return np.column_stack([1 - p, p])

    def predict(self, X: Any) -> np.ndarray:
        """Return the likelier class."""
        check_is_fitted(self)
        return self.classes_[(self.predict_proba(X)[:, 1] > 0.5).astype(int)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.string = tags.input_tags.categorical = True
        tags.classifier_tags.poor_score = True  # every distinct number is a category of its own
        return tags


def _logit_variance(a: Any, b: Any) -> Any:
    """Return the exact variance of logit(p) for p ~ Beta(a, b)."""
    return polygamma(1, a) + polygamma(1, b)


def _two_classes(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kind = type_of_target(y, input_name="y", raise_unknown=True)
    if kind != "binary":
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}."
        )
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError("ShrunkBaseRates.fit needs two classes, the data hold one class only")
    return classes, codes
