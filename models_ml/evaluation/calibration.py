"""Do the probabilities mean what they say? Outcomes (0, 1) and probabilities in, numbers out."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit


def brier(outcome: np.ndarray, probability: np.ndarray) -> float:
    """Return the mean squared error of the probability (Brier 1950); 0 is perfect.

    Examples
    --------
    >>> brier(np.array([1, 0]), np.array([0.5, 0.5]))
    0.25
    """
    return float(np.mean((np.asarray(probability) - np.asarray(outcome)) ** 2))


def expected_calibration_error(
    outcome: np.ndarray, probability: np.ndarray, bins: int = 10
) -> float:
    """Return the mean gap of predicted and observed rate over equally filled bins.

    Examples
    --------
    >>> expected_calibration_error(np.array([0, 1]), np.array([0.5, 0.5]))
    0.0
    """
    outcome, probability = np.asarray(outcome, dtype=float), np.asarray(probability, dtype=float)
    # rows of equal probability stay together: which of them a bin gets must not matter
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, probability, side="left")
    gaps = np.abs(np.bincount(place, weights=probability - outcome))
    return float(gaps.sum() / len(outcome))


def calibration_line(outcome: np.ndarray, probability: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of the logistic regression of the outcome on the log-odds.

    (1, 0) is perfect; a slope below 1 says that the probabilities are too extreme (Cox 1958).
    (NaN, NaN) if a class is absent or every row has the same probability.
    """
    y = np.asarray(outcome, dtype=float)
    z = logit(np.asarray(probability, dtype=float))
    if y.min() == y.max() or np.ptp(z) < 1e-12:
        return float("nan"), float("nan")
    design = np.column_stack([z, np.ones(len(z))])
    line = np.array([1.0, 0.0])
    for _ in range(50):
        p = expit(design @ line)
        information = design.T @ (design * (p * (1 - p))[:, None])
        step = np.linalg.lstsq(information, design.T @ (y - p), rcond=None)[0]
        line = line + step
        if np.abs(step).max() < 1e-10:
            return float(line[0]), float(line[1])
    return float("nan"), float("nan")
