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


def open_blocks(keys: pl.DataFrame, rules: Matching) -> tuple[Numbers, Numbers, pl.Series]:
    """Return the profiles of all keys that few have and the number of the key of each, in order.

    The third are the keys that more have.

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
    is_full = sizes > most_of_a_key(key[first], rules)
    wanted = np.repeat((sizes >= 2) & ~is_full, sizes)
    full = pl.Series("key", key[first][is_full], dtype=pl.UInt64)
    return profiles[wanted], np.repeat(np.arange(len(sizes)), sizes)[wanted], full


def renewed_blocks(
    before: pl.DataFrame,
    came: pl.DataFrame,
    went: pl.Series,
    keys: npt.NDArray[np.uint64],
    rules: Matching,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return who shares the keys of a day that few have, and whom a crossed limit concerns.

    Parameters
    ----------
    before, came
        ``profile`` and ``place`` (of the key in ``keys``): all of them until now, and the new ones.
    went
        Profiles that are no more.
    keys
        Each once.

    Returns
    -------
    tuple
        ``profile`` and ``key`` of all that hold keys of few now; ``profile``, ``key`` and
        ``is_open`` of those keys that more than may share one crossed; ``key`` and ``is_open`` of
        each of these, also of those that nobody has any more.
    """
    stayed = before.filter(~pl.col("profile").is_in(went.implode())) if len(went) else before
    held, still, new = (
        np.bincount(rows["place"].to_numpy(), minlength=len(keys))
        for rows in (before, stayed, came)
    )
    most = most_of_a_key(keys, rules)
    was, is_ = held <= most, still + new <= most
    looked_at = pl.Series(was | is_)
    now = pl.concat([rows.filter(looked_at.gather(rows["place"])) for rows in (stayed, came)])
    place = now["place"].to_numpy()
    marked = now.select(
        "profile",
        pl.Series("key", keys[place], dtype=pl.UInt64),
        pl.Series("is_open", is_[place], dtype=pl.Boolean),
        pl.Series("is_crossed", (was != is_)[place], dtype=pl.Boolean),
    )
    return (
        marked.filter("is_open").select("profile", "key"),
        marked.filter("is_crossed").select("profile", "key", "is_open"),
        pl.DataFrame(
            {"key": keys[was != is_], "is_open": is_[was != is_]},
            schema={"key": pl.UInt64, "is_open": pl.Boolean},
        ),
    )


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
