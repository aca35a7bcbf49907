"""One kind of evidence at work: ties in, the ties that hold and the reasons of the others out.

holders of an identifier ── too many? ── names differ? ── too large, or two people in one?
                               stop           stop             cut at the bridges
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.identity.cutting import Holders, join_without_impossible
from models_ml.identity.graph import Labels
from models_ml.identity.groups import Marks, Numbers, all_pairs_of, first_of_each, sizes_of
from models_ml.identity.guards import Guards, Kind
from models_ml.identity.people import AGREE, DIFFER, People
from models_ml.identity.traits import Traits

NOT_STOPPED = pl.DataFrame(schema={"node": pl.Int64(), "reason_code": pl.String()})
NO_PAIRS = pl.DataFrame(schema={"node": pl.Int64(), "a": pl.Int64(), "b": pl.Int64()})

TOO_MANY, DIFFERENT = "too_many_people", "different_people"


@dataclass(frozen=True, slots=True)
class Joined:
    """What one kind of evidence did.

    Parameters
    ----------
    people
        Label of every node's person afterwards.
    stopped
        ``node`` and ``reason_code`` of identifiers that join nobody.
    same_name
        ``node``, ``a``, ``b``: people joined by sharing the identifier and a name, while the
        identifier itself belongs to nobody.
    """

    people: Labels
    stopped: pl.DataFrame
    same_name: pl.DataFrame


def join_by(
    kind: Kind, ties: pl.DataFrame, labels: Labels, weight: Labels, traits: Traits, guards: Guards
) -> Joined:
    """Join people by one kind of evidence.

    Parameters
    ----------
    ties
        ``hub`` and ``node`` of every tie of this kind.
    labels
        Label of every node's person so far.
    weight
        What a node counts towards ``guards.max_identifiers``, per node.
    """
    if ties.is_empty():
        return Joined(labels, NOT_STOPPED, NO_PAIRS)
    people = People(traits, labels, kind)
    node, key, person = _holders(ties, people)
    is_first = first_of_each(node, key)
    many = _of_many(node[is_first], kind.max_people)
    kept = ~np.isin(node, many)
    node, key, person, is_first = node[kept], key[kept], person[kept], is_first[kept]
    # of those of one name the first stands for all
    node_of, first_of = node[is_first], person[is_first]
    one, other = all_pairs_of(node_of)
    a = np.minimum(first_of[one], first_of[other])
    b = np.maximum(first_of[one], first_of[other])
    verdicts = people.compare(a, b)
    differ = np.sort(node_of[one[verdicts == DIFFER]])
    differ = differ[first_of_each(differ)]
    in_conflict = np.isin(node, differ)
    agree = (verdicts == AGREE) & np.isin(node_of[one], differ)
    namesakes = in_conflict & ~is_first
    stands_for = np.repeat(first_of, sizes_of(is_first))
    same_name = Holders(
        np.concatenate([node_of[one[agree]], node[namesakes]]),
        np.concatenate([a[agree], stands_for[namesakes]]),
        np.concatenate([b[agree], person[namesakes]]),
    )
    clean = node[~in_conflict], person[~in_conflict]
    joined, cut, same_name = join_without_impossible(
        kind, Holders(clean[0], clean[1], labels[clean[0]]), same_name, people, weight, guards
    )
    stopped = [
        pl.DataFrame({"node": nodes}, schema={"node": pl.Int64}).with_columns(
            reason_code=pl.lit(code)
        )
        for nodes, code in ((many, TOO_MANY), (differ, DIFFERENT))
        if len(nodes)
    ]
    return Joined(
        joined,
        pl.concat([*stopped, cut]).unique("node", keep="first", maintain_order=True),
        pl.DataFrame({"node": same_name.node, "a": same_name.left, "b": same_name.right}),
    )


def _holders(ties: pl.DataFrame, people: People) -> tuple[Numbers, Numbers, Numbers]:
    """Return node, name and person of all who hold an identifier, in this order.

    The identifier's own person counts where it has a name by now. Without a name everybody is
    a key apart.
    """
    node, hub = ties["node"].to_numpy(), ties["hub"].to_numpy()
    itself = people.labels[node]
    named = people.key[itself] >= 0
    node = np.concatenate([node, node[named]])
    person = np.concatenate([people.labels[hub], itself[named]])
    key = people.key[person]
    key = np.where(key >= 0, key, -1 - person)
    order = np.lexsort((person, key, node))
    node, key, person = node[order], key[order], person[order]
    once = first_of_each(node, person)
    return node[once], key[once], person[once]


def _of_many(node: Numbers, most: int) -> Numbers:
    """Return the nodes that more rows have than may."""
    first: Marks = first_of_each(node)
    nodes: Numbers = node[first][sizes_of(first) > most]
    return nodes
