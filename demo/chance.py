"""Random numbers by name: a seed and a name in, a stream of its own out.

Parts do not disturb each other: a new part changes no file of the others.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator that belongs to ``seed`` and ``names``, the same on every machine."""
    digest = hashlib.sha256(repr((seed, *names)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def choose(rng: np.random.Generator, weights: dict[Any, float], count: int) -> NDArray[Any]:
    """Draw ``count`` keys of ``weights`` with the given relative weights."""
    values = np.array(list(weights), dtype=object)
    shares = np.array(list(weights.values()), dtype=float)
    return values[rng.choice(len(values), size=count, p=shares / shares.sum())]


def hex_ids(rng: np.random.Generator, count: int, length: int = 16) -> NDArray[Any]:
    """Draw ``count`` random hexadecimal texts of ``length`` characters."""
    raw = rng.bytes(count * ((length + 1) // 2)).hex()
    width = 2 * ((length + 1) // 2)
    return np.array([raw[i * width : i * width + length] for i in range(count)], dtype=object)


def uuids(rng: np.random.Generator, count: int) -> NDArray[Any]:
    """Draw ``count`` random ids in the shape of a version 4 UUID."""
    raw = rng.bytes(count * 16).hex()
    return np.array(
        [
            f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"
            for h in (raw[i * 32 : i * 32 + 32] for i in range(count))
        ],
        dtype=object,
    )


def repeat_index(counts: Ints) -> Ints:
    """Return the row number of each of ``counts[i]`` copies of row ``i``."""
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)


def rank_within(groups: Ints) -> Ints:
    """Return 0, 1, 2… within each run of equal values of sorted ``groups``."""
    if len(groups) == 0:
        return groups
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    return np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
