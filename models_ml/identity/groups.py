"""Sorted numbers in, their groups out: equal neighbours, pairs of them, rows of several lists.

What is known of people is looked at by the number of each: such a step costs some millionths of a
second for a few people, where one over a table costs a thousandth, and no more for a million.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


def first_of_each(*columns: Numbers) -> Marks:
    """Mark the rows that differ from the row before; equal rows are neighbours.

    Examples
    --------
    >>> first_of_each(np.array([1, 1, 2]), np.array([5, 5, 5])).tolist()
    [True, False, True]
    """
    first = np.ones(len(columns[0]), dtype=np.bool_)
    first[1:] = False
    for column in columns:
        first[1:] |= column[1:] != column[:-1]
    return first


def sizes_of(first: Marks) -> Numbers:
    """Return the number of rows of each group, given the marks of ``first_of_each``."""
    sizes: Numbers = np.diff(np.append(np.flatnonzero(first), len(first)))
    return sizes


def pairs_of(groups: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the places of all pairs of one group; equal groups are neighbours.

    Each round pairs every row with the one that is one further on.

    Examples
    --------
    >>> [(a.tolist(), b.tolist()) for a, b in pairs_of(np.array([7, 7, 7, 9]))]
    [([0, 1], [1, 2]), ([0], [2])]
    """
    here = np.arange(len(groups))
    for distance in range(1, len(groups)):
        here = here[: np.searchsorted(here, len(groups) - distance)]
        here = here[groups[here] == groups[here + distance]]
        if not len(here):
            return
        yield here, here + distance


def all_pairs_of(groups: Numbers) -> tuple[Numbers, Numbers]:
    """Return what ``pairs_of`` yields as one."""
    rounds = list(pairs_of(groups))
    if not rounds:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate([a for a, _ in rounds]), np.concatenate([b for _, b in rounds])


def rows_of(starts: Numbers, counts: Numbers) -> Numbers:
    """Return the rows of several lists that begin at ``starts`` and have ``counts`` rows.

    Examples
    --------
    >>> rows_of(np.array([4, 0]), np.array([2, 3])).tolist()
    [4, 5, 0, 1, 2]
    """
    before = np.cumsum(counts) - counts
    rows: Numbers = np.repeat(starts - before, counts) + np.arange(counts.sum())
    return rows
