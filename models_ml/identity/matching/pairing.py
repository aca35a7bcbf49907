"""Block keys in, the pairs of profiles out that share a key which few have.

Profiles are sorted by key, so those of one key are neighbours. A join of the keys with themselves
builds the same from a table of all keys, each of which is looked up in another place of memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from models_ml.identity.groups import Numbers, first_of_each, pairs_of, sizes_of
from models_ml.identity.guards import Matching

PAIRS = pl.Schema({"left": pl.Int64(), "right": pl.Int64()})


def open_blocks(keys: pl.DataFrame, rules: Matching) -> tuple[Numbers, Numbers]:
    """Return the profiles of all keys that few have, and the number of the key of each, in order.

    Parameters
    ----------
    keys
        ``profile`` and ``key`` of ``block_keys``, all of every key.
    rules
        How many profiles may share a key.
    """
    ordered = keys.sort("key")
    profiles, key = ordered["profile"].to_numpy(), ordered["key"].to_numpy()
    first = first_of_each(key)
    sizes = sizes_of(first)
    is_open = (sizes >= 2) & (sizes <= most_of_a_key(key[first], rules))
    wanted = np.repeat(is_open, sizes)
    return profiles[wanted], np.repeat(np.arange(len(sizes)), sizes)[wanted]


def crossed_keys(before: pl.DataFrame, now: pl.DataFrame, rules: Matching) -> pl.DataFrame:
    """Return ``key`` and ``is_open`` of those that more profiles than may share one crossed.

    Parameters
    ----------
    before, now
        ``profile`` and ``key``, all of the same keys.
    """
    keys = np.sort(np.concatenate([before["key"].to_numpy(), now["key"].to_numpy()]))
    keys = keys[first_of_each(keys)]
    was, is_ = (
        np.bincount(np.searchsorted(keys, rows["key"].to_numpy()), minlength=len(keys))
        <= most_of_a_key(keys, rules)
        for rows in (before, now)
    )
    return pl.DataFrame({"key": keys[was != is_], "is_open": is_[was != is_]})


def most_of_a_key(keys: npt.NDArray[np.uint64], rules: Matching) -> npt.NDArray[np.int64]:
    """Return how many profiles may share each key."""
    return np.where(keys % 2 == 1, rules.largest_coarse_block, rules.largest_block)


def pairs_within(
    profiles: Numbers, blocks: Numbers, changed: npt.NDArray[np.bool_] | None = None
) -> pl.DataFrame:
    """Return all pairs of profiles of one block, each once, columns of ``PAIRS`` in their order.

    Parameters
    ----------
    profiles, blocks
        Of ``open_blocks``.
    changed
        For every profile whether its pairs are wanted; by default all are.
    """
    base = int(profiles.max(initial=0)) + 1
    marked = None if changed is None else changed[profiles]
    found = [np.empty(0, dtype=np.int64)]
    for one, other in pairs_of(blocks):
        if marked is not None:
            wanted = marked[one] | marked[other]
            one, other = one[wanted], other[wanted]
        a, b = profiles[one], profiles[other]
        found.append(np.minimum(a, b) * base + np.maximum(a, b))
    # sorted, for numpy's unique keeps a table of all, which takes sixty times as long
    pairs = np.sort(np.concatenate(found))
    pairs = pairs[first_of_each(pairs)]
    return pl.DataFrame({"left": pairs // base, "right": pairs % base}, schema=PAIRS)
