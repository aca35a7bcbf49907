"""Ties of every kind in, people and what was stopped out: one kind after another, strongest first.

A person who joins two names customers, by whatever identifier is at hand: an address does not say
whose it is. So those whom a decision names are first found without it, then joined as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.identity.graph import Labels, components
from models_ml.identity.groups import Marks, Numbers
from models_ml.identity.guards import PROBABILISTIC, Guards
from models_ml.identity.joining import join_by
from models_ml.identity.joining_alike import join_alike
from models_ml.identity.screening import BLOCKED, TRUSTED
from models_ml.identity.traits import Traits

BLOCKED_VALUE = "blocked_value"

_NO_HUBS = pl.DataFrame(
    schema={
        "node": pl.Int64, "hub": pl.Int64, "hub_b": pl.Int64, "kind": pl.String,
        "source": pl.String, "first_seen_at": pl.Datetime("us"), "last_seen_at": pl.Datetime("us"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What all kinds of evidence did.

    Parameters
    ----------
    people
        Label of every node's person, the pairs' included.
    stopped
        ``node``, ``reason_code``, ``kind`` of identifiers and pairs that join nobody.
    same_name
        ``node``, ``hub``, ``hub_b``, ``kind``, ``source`` and times: records joined by sharing an
        identifier and a name.
    """

    people: Labels
    stopped: pl.DataFrame
    same_name: pl.DataFrame


def join_by_kinds(
    nodes: pl.DataFrame,
    pairs: pl.DataFrame,
    ties: pl.DataFrame,
    stated: pl.DataFrame,
    decided: pl.DataFrame,
    facts: Traits,
    guards: Guards,
) -> Found:
    """Find people.

    Parameters
    ----------
    pairs
        Records that are alike, see ``alike.alike_pairs``.
    ties
        What ``stars`` made.
    stated
        ``a`` and ``b``: nodes that a source says are one, whatever the guards say.
    decided
        ``a`` and ``b``: nodes whose customers a person says are one.
    """
    weight: Labels = np.zeros(len(nodes) + len(pairs), dtype=np.int64)
    uncounted = [TRUSTED, BLOCKED, *guards.not_a_person]
    weight[: len(nodes)] = (~nodes["kind"].is_in(uncounted)).to_numpy()
    if decided.is_empty():
        return _in_turn(pairs, ties, stated, weight, facts, guards)
    near = _near(decided, pairs, ties, stated, len(weight))
    of_decided = (
        pairs.filter(pl.Series(near[pairs["a"].to_numpy()])),
        ties.filter(pl.Series(near[ties["hub"].to_numpy()])),
    )
    before = _in_turn(*of_decided, stated, weight, facts, guards)
    theirs = np.flatnonzero(np.isin(before.people, before.people[_ends(decided)]))
    as_they_are = pl.DataFrame({"a": theirs, "b": before.people[theirs]}, schema=stated.schema)
    found = _in_turn(pairs, ties, pl.concat([stated, as_they_are, decided]), weight, facts, guards)
    # of one person now, so the second time nothing is left to join
    same_name = before.same_name.join(found.stopped, on=["node", "kind"], how="semi")
    held = pl.Series(np.isin(same_name["hub"].to_numpy(), theirs))
    return Found(found.people, found.stopped, pl.concat([found.same_name, same_name.filter(held)]))


def _near(
    decided: pl.DataFrame, pairs: pl.DataFrame, ties: pl.DataFrame, stated: pl.DataFrame, n: int
) -> Marks:
    """Mark every node that any evidence connects with one that a decision names."""
    ways = pl.concat(
        [
            stated,
            *(pairs.select("a", b=end) for end in ("b", "node")),
            ties.filter(pl.col("kind") != BLOCKED).select(a="hub", b="node"),
        ]
    )
    label = components(n, ways["a"].to_numpy(), ways["b"].to_numpy())
    return np.isin(label, label[_ends(decided)])


def _ends(decided: pl.DataFrame) -> Numbers:
    return np.concatenate([decided["a"].to_numpy(), decided["b"].to_numpy()])


def _in_turn(
    pairs: pl.DataFrame,
    ties: pl.DataFrame,
    stated: pl.DataFrame,
    weight: Labels,
    facts: Traits,
    guards: Guards,
) -> Found:
    """Join by each kind, beginning with what is stated."""
    people = components(len(weight), stated["a"].to_numpy(), stated["b"].to_numpy())
    blocked = ties.filter(pl.col("kind") == BLOCKED).select("node").unique()
    stopped = [blocked.with_columns(reason_code=pl.lit(BLOCKED_VALUE), kind=pl.lit(BLOCKED))]
    same_name = [_NO_HUBS]
    of_kinds = ties.partition_by("kind", as_dict=True)
    for kind in guards.kinds:
        if kind.name == PROBABILISTIC:
            people, apart = join_alike(kind, pairs, people, weight, facts, guards)
            stopped.append(apart.with_columns(kind=pl.lit(kind.name)))
            continue
        of_kind = of_kinds.get((kind.name,))
        if of_kind is None:
            continue
        joined = join_by(kind, of_kind.select("hub", "node"), people, weight, facts, guards)
        stopped.append(joined.stopped.with_columns(kind=pl.lit(kind.name)))
        if not joined.same_name.is_empty():
            same_name.append(_with_hubs(joined.same_name, of_kind, people))
        people = joined.people
    return Found(people, pl.concat(stopped), pl.concat(same_name))


def _with_hubs(same_name: pl.DataFrame, ties: pl.DataFrame, people: Labels) -> pl.DataFrame:
    """Return the pairs of people who share an identifier and a name as pairs of their hubs.

    Whose the identifier is without any record that holds it, by a link or a decision, is there as
    the identifier itself.
    """
    tied = (
        ties.select("node", "hub", "kind", "first_seen_at", "last_seen_at", "source")
        .with_columns(person=pl.Series(people[ties["hub"].to_numpy()], dtype=pl.Int64))
        .group_by("node", "person", "kind")
        .agg(
            pl.col("hub").min(),
            pl.col("source").min(),
            pl.col("first_seen_at").min(),
            pl.col("last_seen_at").max(),
        )
    )
    shared = same_name["node"].unique()
    itself = pl.DataFrame(
        {"node": shared, "hub": shared, "person": people[shared.to_numpy()]},
        schema=dict.fromkeys(("node", "hub", "person"), pl.Int64),
    ).join(ties.select("node", "kind").unique(), on="node")
    hubs = pl.concat(
        [tied, itself.join(tied, on=["node", "person", "kind"], how="anti")], how="diagonal"
    )
    return (
        same_name.join(hubs, left_on=["node", "a"], right_on=["node", "person"])
        .join(hubs, left_on=["node", "b", "kind"], right_on=["node", "person", "kind"], suffix="_b")
        .select(
            "node",
            "hub",
            "hub_b",
            "kind",
            source=pl.coalesce("source", "source_b"),
            first_seen_at=pl.max_horizontal("first_seen_at", "first_seen_at_b"),
            last_seen_at=pl.max_horizontal("last_seen_at", "last_seen_at_b"),
        )
    )
