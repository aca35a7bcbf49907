"""Pairs of records that are alike at work: people without them in, people by them out.

bands of pairs, surest first ── somebody impossible? ── his pairs of two first names go,
                                                         the others join again in finer steps
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.identity.alike import TWO_FIRST_NAMES, bands, ties_of
from models_ml.identity.cutting import REASONS
from models_ml.identity.graph import Labels
from models_ml.identity.groups import Numbers
from models_ml.identity.guards import Guards, Kind
from models_ml.identity.joining import NOT_STOPPED, join_by
from models_ml.identity.traits import Traits

STEPS = (2.5, 1.25)
"""Bits of the steps in which pairs of a band of five bits join once more, and then again. Finer
ones find no more."""

_IS_TAKEN_APART = pl.col("reason_code").is_in(REASONS[1:])

Outcome = tuple[Labels, pl.DataFrame]
"""Label of every node's person, and ``node`` and ``reason_code`` of the pairs that join nobody."""


def join_alike(
    kind: Kind, pairs: pl.DataFrame, people: Labels, weight: Labels, facts: Traits, guards: Guards
) -> Outcome:
    """Join the records of pairs, surest first.

    Parameters
    ----------
    pairs
        Of ``alike.alike_pairs``.
    people
        Label of every node's person so far.
    weight
        What a node counts towards ``guards.max_identifiers``, per node.
    """
    graph = _Graph(kind, weight, facts, guards)
    return graph.join(bands(pairs), people, graph.join_in_steps)


@dataclass(frozen=True, slots=True)
class _Graph:
    """All that is known of some nodes but whose they are."""

    kind: Kind
    weight: Labels
    facts: Traits
    guards: Guards

    def join(
        self,
        parts: Iterable[pl.DataFrame],
        people: Labels,
        again: Callable[[pl.DataFrame, Labels], Outcome] | None,
    ) -> Outcome:
        """Join by one part of the pairs after the other.

        Parameters
        ----------
        again
            Joins those of a part whose people, all joined at once, could not be one.
        """
        stopped = [NOT_STOPPED]
        for part in parts:
            joined = join_by(self.kind, ties_of(part), people, self.weight, self.facts, self.guards)
            people, found = joined.people, joined.stopped
            failed = part.join(found.filter(_IS_TAKEN_APART), on="node", maintain_order="left")
            if again is not None and not failed.is_empty():
                people, apart = again(failed, people)
                found = pl.concat([found.filter(~_IS_TAKEN_APART), apart])
            stopped.append(found)
        return people, pl.concat(stopped)

    def join_in_steps(self, failed: pl.DataFrame, people: Labels) -> Outcome:
        """Join pairs once more, the surest of them first, looking at their people alone.

        One pair that leads to somebody else took apart all that joined with it, though they were
        some bits surer. Of two of a home everything but the first name may be the same, so their
        pairs are among the surest.
        """
        nodes = _nodes_of(failed, people)
        place = np.full(len(people), -1, dtype=np.int64)
        place[nodes] = np.arange(len(nodes))
        few = _Graph(self.kind, self.weight[nodes], self.facts.among(place), self.guards)
        theirs = failed.with_columns(
            pl.Series(name, place[failed[name].to_numpy()]) for name in ("node", "a", "b")
        )
        of_two = pl.col("waterfall").str.contains(TWO_FIRST_NAMES)
        coarse, fine = STEPS
        found, stopped = few.join(
            _steps(theirs.filter(~of_two).drop("reason_code"), coarse),
            place[people[nodes]],
            lambda rest, people: few.join(_steps(rest, fine), people, None),
        )
        people = people.copy()
        people[nodes] = nodes[found]
        stopped = pl.concat([theirs.filter(of_two).select("node", "reason_code"), stopped])
        return people, stopped.with_columns(node=pl.Series(nodes[stopped["node"].to_numpy()]))


def _nodes_of(pairs: pl.DataFrame, people: Labels) -> Numbers:
    """Return all nodes of the people whom pairs are about, and the pairs', in order."""
    wanted = np.zeros(len(people), dtype=np.bool_)
    for name in ("node", "a", "b"):
        wanted[people[pairs[name].to_numpy()]] = True
    return np.flatnonzero(wanted[people])


def _steps(pairs: pl.DataFrame, bits: float) -> Iterator[pl.DataFrame]:
    """Yield the pairs of each step of so many bits, surest first."""
    if pairs.is_empty():
        return
    step = (pairs["weight"] / bits).floor()
    for one in step.unique().sort(descending=True):
        part = pairs.filter(step == one)
        yield part.drop("reason_code", strict=False)
