"""What is known of the people found so far, and which of them cannot be one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models_ml.identity.graph import Labels
from models_ml.identity.groups import Marks, Numbers, first_of_each, rows_of
from models_ml.identity.guards import Kind
from models_ml.identity.names import AGREES, DIFFERS, Names, agreement
from models_ml.identity.similarity import jaro_winkler
from models_ml.identity.traits import Traits

UNLIKE = 0.8
"""Jaro-Winkler similarity below which two first names are two of a household."""

UNKNOWN, AGREE, DIFFER = 0, 1, 2

Verdicts = npt.NDArray[np.int8]


class People:
    """The people before one kind of evidence, compared by the rule of that kind.

    Parameters
    ----------
    people
        Label of every node's person.

    Attributes
    ----------
    key
        For every label the number of the name, -1 where there is none. People of one number are
        of one name to the letter; a source that makes a new lead of every form sent has hundreds
        of one person, who are compared and counted once. A unique identifier tells apart even
        those.
    """

    def __init__(self, traits: Traits, people: Labels, kind: Kind) -> None:
        self.labels = people
        self._traits, self._kind = traits, kind
        n, keys = len(people), len(traits.names)
        stated = np.sort(people[traits.node] * max(keys, 1) + traits.key)
        stated = stated[first_of_each(stated)]
        person, self._keys = stated // max(keys, 1), stated % max(keys, 1)
        self._counts = np.bincount(person, minlength=n)
        self._starts = np.cumsum(self._counts) - self._counts
        self.key = np.full(n, -1, dtype=np.int64)
        first = first_of_each(person)
        self.key[person[first]] = self._keys[first]
        self._sets_apart = traits.sets_apart(kind.different)
        numbered = traits.held_node[traits.is_unique()]
        if len(numbered):
            number = np.full(n, n, dtype=np.int64)
            np.minimum.at(number, people[numbered], numbered)
            self.key = np.where(self.key >= 0, self.key * (n + 1) + number, -1)
        self._asked: Numbers = np.empty(0, dtype=np.int64)
        self._verdicts: Verdicts = np.empty(0, dtype=np.int8)

    def holders(self) -> Numbers:
        """Return who holds identifiers that people differ by."""
        holders: Numbers = self.labels[self._traits.held_node[self._sets_apart]]
        return holders

    def compare(self, a: Numbers, b: Numbers) -> Verdicts:
        """Judge whether two people can be one: ``AGREE``, ``DIFFER`` or ``UNKNOWN`` for each pair.

        No pair is judged twice.
        """
        if not len(a):
            return np.empty(0, dtype=np.int8)
        n = len(self.labels)
        pairs, back = np.unique(a * n + b, return_inverse=True)
        new = pairs[~np.isin(pairs, self._asked)]
        if len(new):
            asked = np.concatenate([self._asked, new])
            order = np.argsort(asked)
            judged = np.concatenate([self._verdicts, self._judged(new // n, new % n)])
            self._asked, self._verdicts = asked[order], judged[order]
        found: Verdicts = self._verdicts[np.searchsorted(self._asked, pairs)][back]
        return found

    def _judged(self, a: Numbers, b: Numbers) -> Verdicts:
        verdicts = np.full(len(a), UNKNOWN, dtype=np.int8)
        if self._kind.names != "ignore":
            self._judge_names(a, b, verdicts)
        if self._sets_apart.any():
            clash, is_unique = self._hold_other_values(a, b)
            verdicts[is_unique | (clash & (verdicts == UNKNOWN))] = DIFFER
        return verdicts

    def _judge_names(self, a: Numbers, b: Numbers, verdicts: Verdicts) -> None:
        """Fill in the verdict of the names; of several names of one person the best counts."""
        stated = np.flatnonzero((self._counts[a] > 0) & (self._counts[b] > 0))
        if not len(stated):
            return
        of_a, of_b = self._counts[a[stated]], self._counts[b[stated]]
        # all names of the one with all of the other
        one = rows_of(self._starts[a[stated]], of_a)
        pair = np.repeat(np.arange(len(stated)), of_a)
        one, pair = np.repeat(one, of_b[pair]), np.repeat(pair, of_b[pair])
        other = rows_of(self._starts[b[stated]].repeat(of_a), of_b.repeat(of_a))
        agree, differ = _by_name(self._keys[one], self._keys[other], self._traits.names, self._kind)
        first = np.flatnonzero(first_of_each(pair))
        verdicts[stated[np.logical_or.reduceat(differ, first)]] = DIFFER
        verdicts[stated[np.logical_or.reduceat(agree, first)]] = AGREE

    def _hold_other_values(self, a: Numbers, b: Numbers) -> tuple[Marks, Marks]:
        """Mark the pairs in which both hold identifiers of one type and namespace, and other ones.

        The second mark says that one of the types is unique.
        """
        wanted = np.zeros(len(self.labels), dtype=np.bool_)
        wanted[a] = wanted[b] = True
        traits = self._traits
        person = self.labels[traits.held_node]
        held = self._sets_apart & wanted[person]
        slots = int(traits.held_slot.max(initial=0)) + 1
        holders, rows = np.unique(person[held] * slots + traits.held_slot[held], return_index=True)
        is_unique = traits.is_unique()[held][rows]
        start = np.searchsorted(holders, a * slots)
        count = np.searchsorted(holders, (a + 1) * slots) - start
        pair = np.repeat(np.arange(len(a)), count)
        row = rows_of(start, count)
        sought = b[pair] * slots + holders[row] % slots
        other = np.minimum(np.searchsorted(holders, sought), max(len(holders) - 1, 0))
        value = traits.held_value[held][rows]
        both = (holders[other] == sought) & (value[other] != value[row])
        pair, row = pair[both], row[both]
        clash, unique = np.zeros(len(a), dtype=np.bool_), np.zeros(len(a), dtype=np.bool_)
        clash[pair] = True
        unique[pair[is_unique[row]]] = True
        return clash, unique


def _by_name(a: Numbers, b: Numbers, names: Names, kind: Kind) -> tuple[Marks, Marks]:
    """Return whether two names agree, and whether they differ, by the rule of a kind."""
    first, last = agreement(names, a, b)
    if kind.names == "one_agrees":
        return (first == AGREES) | (last == AGREES), (first == DIFFERS) & (last == DIFFERS)
    apart = _born_apart(names, a, b)
    agree = (first == AGREES) & (last == AGREES) & ~apart
    if kind.names == "both_agree":
        return agree, (first == DIFFERS) | (last == DIFFERS) | apart
    # of one household; that others differ is in the score, as is every slip
    differ = (first == DIFFERS) & (last == AGREES) & _decades_apart(names, a, b)
    rows = np.flatnonzero(differ)
    stated = (names.spellings.texts(names.first[side[rows]]) for side in (a, b))
    differ[rows] = jaro_winkler(*stated) < UNLIKE
    return agree, differ


def _decades_apart(names: Names, a: Numbers, b: Numbers) -> Marks:
    """Return whether two birth dates are ten years apart; what is not stated may be."""
    born_a, born_b = names.born[a], names.born[b]
    apart: Marks = np.abs((born_a - born_b).astype(np.int64)) > 3700
    return apart | np.isnat(born_a) | np.isnat(born_b)


def _born_apart(names: Names, a: Numbers, b: Numbers) -> Marks:
    """Return whether two birth dates are two people's.

    A slip changes one part of a date, or swaps day and month.
    """
    born_a, born_b = names.born[a], names.born[b]
    years, months, days = zip(_parts(born_a), _parts(born_b), strict=True)
    same_year = years[0] == years[1]
    same_parts = same_year.astype(np.int8) + (months[0] == months[1]) + (days[0] == days[1])
    swapped = same_year & (months[0] == days[1]) & (days[0] == months[1])
    apart: Marks = (same_parts < 2) & ~swapped & ~np.isnat(born_a) & ~np.isnat(born_b)
    return apart


def _parts(born: npt.NDArray[np.datetime64]) -> tuple[Numbers, Numbers, Numbers]:
    """Return year, month and day."""
    years, months = born.astype("M8[Y]"), born.astype("M8[M]")
    return (
        years.astype(np.int64),
        (months - years).astype(np.int64) + 1,
        (born - months).astype(np.int64) + 1,
    )
