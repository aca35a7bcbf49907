"""Hashes of 32 bits in; which of others are among them, out.

A table of open addressing (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm
L), filled and asked for many hashes at a time. A sorted column has to be read or written whole for
every buffer of a load: 8 s of seven million web events.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

_FREE = 0
_FIRST_SLOTS = 1 << 12
_MOVED_AT_A_TIME = 1 << 16
"""Slots, so that a table that grows needs no third one meanwhile."""
_LARGEST_LOAD = 0.5
"""Share of the slots that may be taken; beyond, runs of taken ones grow long."""


class HashSet:
    """A growing set of hashes, eight to sixteen bytes for each. Zero is counted as one."""

    def __init__(self) -> None:
        self._slots = np.zeros(_FIRST_SLOTS, dtype=np.uint32)
        self._added = 0

    def __len__(self) -> int:
        """Return how many hashes were added, repeated ones each time."""
        return self._added

    def holds(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return which of ``hashes`` have been added."""
        asked = np.maximum(hashes, 1)
        found = np.zeros(len(asked), dtype=np.bool_)
        where = np.arange(len(asked))
        slots = self._first_slots(asked)
        while len(where):
            there = self._slots[slots]
            is_same = there == asked[where]
            found[where[is_same]] = True
            goes_on = ~is_same & (there != _FREE)
            where, slots = where[goes_on], self._next_slots(slots[goes_on])
        return found

    def add(self, hashes: Hashes) -> None:
        """Add ``hashes``, of which some may be in already."""
        self._added += len(hashes)
        if self._added > len(self._slots) * _LARGEST_LOAD:
            before = self._slots
            count = 1 << int(np.ceil(np.log2(self._added / _LARGEST_LOAD)))
            self._slots = np.zeros(count, dtype=np.uint32)
            for start in range(0, len(before), _MOVED_AT_A_TIME):
                part = before[start : start + _MOVED_AT_A_TIME]
                self._fill(part[part != _FREE])
        self._fill(np.maximum(hashes, 1))

    def _fill(self, hashes: Hashes) -> None:
        slots = self._first_slots(hashes)
        while len(hashes):
            is_free = self._slots[slots] == _FREE
            # of those that want the same slot one gets it, and the others see that they did not
            self._slots[slots[is_free]] = hashes[is_free]
            goes_on = self._slots[slots] != hashes
            hashes, slots = hashes[goes_on], self._next_slots(slots[goes_on])

    def _first_slots(self, hashes: Hashes) -> Hashes:
        return hashes & np.uint32(len(self._slots) - 1)

    def _next_slots(self, slots: Hashes) -> Hashes:
        return (slots + np.uint32(1)) & np.uint32(len(self._slots) - 1)
