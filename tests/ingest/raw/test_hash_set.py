"""What was added is found, and nothing else, however the table has grown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.raw.hash_set import Hashes, HashSet

# hashes that want the same slots, at the end of the table too, beside any others
HASH = st.one_of(st.integers(1, 12), st.integers(4090, 4100), st.integers(0, 2**32 - 1))


def array(hashes: list[int]) -> Hashes:
    return np.array(hashes, dtype=np.uint32)


@given(added=st.lists(st.lists(HASH, max_size=40), max_size=6), asked=st.lists(HASH, max_size=60))
def test_it_holds_what_a_set_of_python_holds(added: list[list[int]], asked: list[int]) -> None:
    ours, theirs = HashSet(), set[int]()
    for hashes in added:
        ours.add(array(hashes))
        theirs.update(hashes)
    # zero marks a free slot and is counted as one
    expected = [max(one, 1) in {max(other, 1) for other in theirs} for one in asked]

    assert ours.holds(array(asked)).tolist() == expected
    assert len(ours) == sum(map(len, added))


@pytest.mark.parametrize("at_a_time", [100, 30_000])
def test_it_grows(at_a_time: int) -> None:
    numbers = np.random.default_rng(7).choice(2**32, 120_000, replace=False).astype(np.uint32)
    inside, outside = numbers[:60_000], numbers[60_000:]
    ours = HashSet()
    for start in range(0, len(inside), at_a_time):
        ours.add(inside[start : start + at_a_time])

    assert ours.holds(inside).all()
    assert not ours.holds(outside[outside != 1]).any()
