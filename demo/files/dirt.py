"""Planting dirt: clean records in, records with damaged and repeated copies among them out.

Every planted record is an extra copy of a good one, so that the truth stays true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl

from demo.files.landing import Landing, Note, Outcome

Damage = Callable[[str], str]
Kind = TypeVar("Kind", "TextDirt", "CellDirt")


@dataclass(frozen=True, slots=True)
class TextDirt:
    """A way to damage the text of one record."""

    kind: str
    expected: Outcome
    rate: float
    damage: Damage


@dataclass(frozen=True, slots=True)
class CellDirt:
    """A way to damage one cell of a table row; no column means an exact copy."""

    kind: str
    expected: Outcome
    rate: float
    column: str | None = None
    value: str | None = None


DUPLICATE_RATE = 0.002
DUPLICATE_LINE = TextDirt("duplicate_record", "duplicate", DUPLICATE_RATE, lambda text: text)
DUPLICATE_ROW = CellDirt("duplicate_row", "duplicate", DUPLICATE_RATE)
RAGGED_ROW = CellDirt("ragged_row", "quarantined", 0.001)
"""A row with a field too many; the field is added when the text is written."""


def cut_in_half(text: str) -> str:
    """Return the first half of a record, as a writer leaves it that was killed."""
    return text[: max(len(text) // 2, 1)]


def plant_lines(
    landing: Landing, name: str, records: pl.Series, kinds: tuple[TextDirt, ...]
) -> pl.Series:
    """Return the records of file ``name`` with damaged copies inserted, and note where they are."""
    places, chosen = _choose(landing.rng(name), len(records), kinds)
    if not chosen:
        return records
    copies = [
        kind.damage(text)
        for text, kind in zip(records.gather(places).to_list(), chosen, strict=True)
    ]
    landing.dirt.extend(
        Note(name, int(place) + 2 + earlier, kind.kind, kind.expected)
        for earlier, (place, kind) in enumerate(zip(places, chosen, strict=True))
    )
    count = len(records)
    order = np.insert(np.arange(count), places + 1, np.arange(count, count + len(copies)))
    return pl.concat([records, pl.Series(records.name, copies)]).gather(order)


def plant_rows(
    rng: np.random.Generator, rows: pl.DataFrame, kinds: tuple[CellDirt, ...]
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray, list[CellDirt]]:
    """Insert damaged copies into ``rows``.

    Returns
    -------
    rows, order, planted, kinds
        The new rows; for each of them the number of the row it is or copies; the numbers of the
        planted ones, and their kinds.
    """
    places, chosen = _choose(rng, len(rows), kinds)
    count = len(places)
    slots = places + 1 + np.arange(count)
    order = np.insert(np.arange(len(rows)), places + 1, places)
    mixed = rows[order]
    for column in dict.fromkeys(kind.column for kind in kinds if kind.column):
        hit = np.array([kind.column == column for kind in chosen], dtype=bool)
        values = [kind.value for kind in chosen if kind.column == column]
        changed = mixed[column].scatter(slots[hit], values) if hit.any() else mixed[column]
        mixed = mixed.with_columns(changed)
    return mixed, order, slots, chosen


def _choose(
    rng: np.random.Generator, count: int, kinds: tuple[Kind, ...]
) -> tuple[np.ndarray, list[Kind]]:
    places = [rng.integers(0, count, rng.poisson(kind.rate * count)) for kind in kinds]
    if not places:
        return np.zeros(0, dtype=np.int64), []
    which = np.repeat(np.arange(len(kinds)), [len(p) for p in places])
    # no record is copied twice, or two equal damaged copies would be duplicates of each other
    flat, first = np.unique(np.concatenate(places), return_index=True)
    return flat, [kinds[i] for i in which[first]]
