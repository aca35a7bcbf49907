"""Does the score rank right? Outcomes (0, 1) and probabilities in, one number out."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def roc_auc(outcome: np.ndarray, score: np.ndarray) -> float:
    """Return the chance that a row with the event scores above one without; ties count half.

    NaN if one of the classes is absent. Mann-Whitney form.

    Examples
    --------
    >>> roc_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    positives = int(np.sum(outcome))
    negatives = len(outcome) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(score)[np.asarray(outcome) == 1].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def pr_auc(outcome: np.ndarray, score: np.ndarray) -> float:
    """Return average precision, the mean precision at each recall step; ties share a step.

    NaN if there is no event.

    Examples
    --------
    >>> round(pr_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])), 4)
    0.8333
    """
    outcome, score = np.asarray(outcome), np.asarray(score)
    positives = int(outcome.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(outcome[order])[ends]
    precision = hits / (ends + 1)
    return float(np.sum(np.diff(hits, prepend=0) / positives * precision))


def lift_at_top_decile(outcome: np.ndarray, score: np.ndarray) -> float:
    """Return the event rate of the best tenth over that of all; ties share the last places.

    NaN if there is no event.

    Examples
    --------
    >>> lift_at_top_decile(np.array([1] + [0] * 9), np.arange(10)[::-1])
    10.0
    """
    outcome, score = np.asarray(outcome, dtype=float), np.asarray(score)
    if not outcome.sum():
        return float("nan")
    size = max(1, round(len(score) / 10))
    edge = np.sort(score)[-size]
    above, at = score > edge, score == edge
    taken = outcome[above].sum() + outcome[at].mean() * (size - above.sum())
    return float(taken / size / outcome.mean())
