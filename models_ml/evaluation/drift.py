"""Has the population moved? Shares of the same bins then and now in, one number out."""

from __future__ import annotations

import numpy as np


def population_stability(expected: np.ndarray, actual: np.ndarray) -> float:
    """Return PSI, ``sum((a - e) ln(a / e))`` over the bins; above 0.25 is called a shift.

    Parameters
    ----------
    expected, actual
        Counts of the same bins, shape (n_bins,). Half a row is added to every bin, so that an
        empty one gives a large number rather than an infinite one.

    Examples
    --------
    >>> population_stability(np.array([50, 50]), np.array([50, 50]))
    0.0
    """
    if len(expected) != len(actual):
        raise ValueError(f"PSI needs the same bins, got {len(expected)} and {len(actual)}")
    e, a = np.asarray(expected, dtype=float) + 0.5, np.asarray(actual, dtype=float) + 0.5
    e, a = e / e.sum(), a / a.sum()
    return float(np.sum((a - e) * np.log(a / e)))
