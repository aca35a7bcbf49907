"""Persons who are easily taken for one: private persons in, pairs with what they share out.

Two of a household have a family name and an address in common, and either a phone number in the
shop or a browser. Namesakes have their whole name and their city in common, and nothing else.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Ints, stream

HOUSEHOLD_SHARE, NAMESAKE_SHARE = 0.08, 0.03
"""Of the private persons who buy without having been a lead; of all private persons."""

FEWEST = 4


def make_relations(seed: int, is_business: np.ndarray, leads: int) -> pl.DataFrame:
    """Return ``kind`` (household_phone, shared_device, namesake), ``person`` and ``other``.

    Nobody is in two pairs.

    Parameters
    ----------
    is_business
        Boolean per person.
    leads
        How many of them, the first, are leads.
    """
    rng = stream(seed, "relations")
    private = rng.permutation(np.flatnonzero(~is_business))
    buying = private[private >= leads]
    members = max(FEWEST, int(len(buying) * HOUSEHOLD_SHARE / 4) * 4)
    households = _pairs(buying[:members])
    rest = np.setdiff1d(private, households.ravel(), assume_unique=True)
    namesakes = _pairs(rng.permutation(rest)[: max(2, int(len(private) * NAMESAKE_SHARE / 2) * 2)])
    middle = len(households) // 2
    return pl.concat(
        pl.DataFrame({"kind": [kind] * len(pairs), "person": pairs[:, 0], "other": pairs[:, 1]})
        for kind, pairs in (
            ("household_phone", households[:middle]),
            ("shared_device", households[middle:]),
            ("namesake", namesakes),
        )
    )


def _pairs(persons: Ints) -> Ints:
    pairs = persons[: len(persons) // 2 * 2].reshape(-1, 2)
    return np.sort(pairs, axis=1)


def of_kind(relations: pl.DataFrame, *kinds: str) -> tuple[Ints, Ints]:
    """Return the persons and the others of the pairs of some kinds."""
    chosen = relations.filter(pl.col("kind").is_in(kinds))
    return chosen["person"].to_numpy(), chosen["other"].to_numpy()
