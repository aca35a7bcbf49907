"""Numbers of profiles in, their places in a frame out: picked by place, no row is looked up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Places = npt.NDArray[np.int64]


def place_of(profiles: pl.Series, largest: int) -> Places:
    """Return an array that gives the place of each number up to ``largest``, -1 where it is not.

    Examples
    --------
    >>> place_of(pl.Series([5, 2]), 6).tolist()
    [-1, -1, 1, -1, -1, 0, -1]
    """
    numbers = profiles.to_numpy()
    places = np.full(max(largest, int(numbers.max(initial=-1))) + 1, -1, dtype=np.int64)
    places[numbers] = np.arange(len(numbers))
    return places
