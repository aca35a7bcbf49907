"""Score measures 1 (low) to n (high) by quantiles of a reference population."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data


class QuantileScore(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Score every column from 1 (low) to ``n_scores`` (high).

    The edges are quantiles of the data seen in ``fit``. A customer's score therefore
    does not depend on who else is scored that day, and moves only when the customer
    does or when the edges are fitted again.

    Parameters
    ----------
    n_scores : int, default=5
        Number of scores; 5 gives the quintiles of [1]_.

    Attributes
    ----------
    edges_ : ndarray of shape (n_scores - 1, n_features)
        Upper edge of every score but the last, in the unit of its column.
    n_features_in_ : int
        Number of columns seen in ``fit``.

    References
    ----------
    .. [1] A. Hughes, "Strategic Database Marketing", 1994: customers are sorted by one
       measure and cut into five groups of equal size.

    Examples
    --------
    >>> orders = [[1], [2], [3], [4], [100]]
    >>> scorer = QuantileScore().fit(orders)
    >>> scorer.transform([[100], [2], [1]]).ravel().tolist()
    [5, 2, 1]
    """

    def __init__(self, n_scores: int = 5) -> None:
        self.n_scores = n_scores

    def fit(self, X: Any, y: None = None) -> Self:
        """Learn the edges.

        Parameters
        ----------
        X : array-like of shape (n_customers, n_features)
            One measure per column. More is better; negate a measure where less is.
        y : None
            Ignored; here so that the scorer fits into a Pipeline.

        Raises
        ------
        ValueError
            If ``n_scores`` is below 2, or ``X`` holds missing values.
        """
        if self.n_scores < 2:
            raise ValueError(f"n_scores must be at least 2, got {self.n_scores}")
        X = validate_data(self, X)
        inner = np.linspace(0, 1, self.n_scores + 1)[1:-1]
        self.edges_ = np.quantile(X, inner, axis=0)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the scores, integers of the shape of ``X``; an edge scores below."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        columns = [
            1 + np.searchsorted(self.edges_[:, j], X[:, j], side="left") for j in range(X.shape[1])
        ]
        return np.column_stack(columns)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
