"""Shares of an amount in whole units of its last decimal, adding up to the amount exactly."""

from __future__ import annotations

import numpy as np

UNIT = 10_000
"""Units of an amount of money: decimal(18, 4)."""


def whole_units(credit: np.ndarray, total: int) -> np.ndarray:
    """Round credits to whole units that add up to ``total``: largest remainders round up.

    Parameters
    ----------
    credit : ndarray of shape (n,)
        Credits in units.
    total : int
        What they have to add up to.

    Examples
    --------
    >>> whole_units(np.array([1.5, 2.2, 0.3]), 4).tolist()
    [2, 2, 0]
    """
    floor = np.floor(credit).astype(np.int64)
    if not len(floor):
        return floor
    # a sum of doubles can end a unit above or below, hence the full rounds before the remainder
    every, extra = divmod(total - int(floor.sum()), len(floor))
    order = np.argsort(-(credit - floor), kind="stable")
    floor += every
    floor[order[:extra]] += 1
    return floor
