"""Logistic regression that keeps what its reasons and its intervals need."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data


class AdditiveLogistic(ClassifierMixin, BaseEstimator):
    """L2 logistic regression with column means and the covariance of its coefficients.

    Parameters
    ----------
    C : float, default=1.0
        Inverse strength of the penalty, as in scikit-learn.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        Log-odds per unit of a column.
    intercept_ : float
        Log-odds where every column is 0.
    centre_ : ndarray of shape (n_features,)
        Column means of the training rows; contributions are measured from here.
    covariance_ : ndarray of shape (n_features + 1, n_features + 1)
        Of (coef_, intercept_); robust to rows of one group resembling each other.

    Notes
    -----
    Covariance is the sandwich ``H^-1 (sum_g s_g s_g' + I/C) H^-1`` with ``H`` the Hessian of the
    penalised likelihood and ``s_g`` the summed score of group ``g``: the same customer on twelve
    dates is not twelve customers (Liang and Zeger 1986). ``I/C`` counts the shrinking of the
    coefficients as an error too; with independent rows it makes the sandwich the posterior
    covariance of the coefficients, whose intervals cover on average over rows (Nychka 1988).

    Examples
    --------
    >>> model = AdditiveLogistic().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    >>> bool(model.coef_[0] > 0)
    True
    """

    def __init__(self, C: float = 1.0) -> None:
        self.C = C

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:
        """Fit; ``groups`` of shape (n_rows,) names the entity of each row (default: all differ).

        Raises
        ------
        ValueError
            If ``y`` does not hold exactly two classes.
        """
        X, y = validate_data(self, X, y, dtype=float)
        kind = type_of_target(y, input_name="y", raise_unknown=True)
        if kind != "binary":
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {kind}."
            )
        self.classes_, outcome = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("AdditiveLogistic needs two classes, the data hold one class only")
        inner = LogisticRegression(C=self.C, solver="newton-cholesky", tol=1e-8, max_iter=200)
        inner.fit(X, outcome)
        self.coef_ = inner.coef_[0]
        self.intercept_ = float(inner.intercept_[0])
        self.n_iter_ = int(inner.n_iter_[0])
        self.centre_ = X.mean(axis=0)
        bread, scores, _ = self._influence(X, outcome, groups)
        meat = scores.T @ scores + np.diag(self._penalty())
        self.covariance_ = bread @ meat @ bread
        return self

    def _penalty(self) -> np.ndarray:
        return np.append(np.full(len(self.coef_), 1.0 / self.C), 0.0)

    def _influence(
        self, X: np.ndarray, outcome: np.ndarray, groups: Any
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the inverse Hessian, the score of every group, and the group of every row."""
        p = expit(X @ self.coef_ + self.intercept_)
        design = np.column_stack([X, np.ones(len(X))])
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + np.diag(self._penalty())
        scores = design * (outcome - p)[:, None]
        rows = np.arange(len(X))
        codes = rows if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
        by_group = sparse.csr_array((np.ones(len(X)), (codes, rows))) @ scores
        return np.linalg.pinv(hessian, hermitian=True), by_group, codes

    def leave_group_out(self, X: Any, y: Any, groups: Any = None) -> np.ndarray:
        """Return the log-odds of the training rows as a fit without their own group gives them.

        One Newton step away from the fit, ``x (b - H^-1 s_g)``: for calibration, where a row that
        helped to fit the model looks surer than a new one (Rad and Maleki 2020, "A scalable
        estimate of the out-of-sample prediction error", the approximation for single rows).

        Parameters
        ----------
        X, y, groups
            As given to ``fit``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        outcome = (np.asarray(y) == self.classes_[1]).astype(float)
        bread, scores, codes = self._influence(X, outcome, groups)
        design = np.column_stack([X, np.ones(len(X))])
        own = ((design @ bread) * scores[codes]).sum(axis=1)
        return X @ self.coef_ + self.intercept_ - own

    def decision_function(self, X: Any) -> np.ndarray:
        """Return log-odds of the second class, shape (n_rows,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return X @ self.coef_ + self.intercept_

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return probabilities of both classes, shape (n_rows, 2)."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: Any) -> np.ndarray:
        """Return the likelier class."""
        check_is_fitted(self)
        return self.classes_[(self.decision_function(X) > 0).astype(int)]

    def variance(self, X: Any) -> np.ndarray:
        """Return the variance of ``decision_function`` from the estimate alone, shape (n_rows,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        design = np.column_stack([X, np.ones(len(X))])
        return np.maximum(((design @ self.covariance_) * design).sum(axis=1), 0.0)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
