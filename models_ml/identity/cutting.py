"""Holders of identifiers in, people out; those that grew too large or hold two names are cut."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from models_ml.identity.graph import Labels, bridges, components
from models_ml.identity.groups import Marks, Numbers, all_pairs_of, first_of_each, sizes_of
from models_ml.identity.guards import PROBABILISTIC, Guards, Kind
from models_ml.identity.people import DIFFER, People

REASONS = ("", "bridge_between_people", "oversized_person", "sparse_group")
"""Why people are cut, by number; of several the smallest counts."""

_BRIDGE, _OVERSIZED, _SPARSE = 1, 2, 3


class Holders(NamedTuple):
    """Links between two people, and the identifier that makes each of them."""

    node: Numbers
    left: Numbers
    right: Numbers

    def where(self, wanted: Marks) -> Holders:
        """Return some of the links."""
        return Holders(*(column[wanted] for column in self))


def join_without_impossible(
    kind: Kind,
    holders: Holders,
    same_name: Holders,
    people: People,
    weight: Labels,
    guards: Guards,
) -> tuple[Labels, pl.DataFrame, Holders]:
    """Join, look at what came of it, and take apart what cannot be one person.

    First the bridges of this kind go, then, where that is not enough, every identifier of this
    kind that joins anybody there. Of pairs that are alike all go at once: the surer ones join
    again.

    Parameters
    ----------
    holders
        Who holds each identifier (``left``), and whose it is itself (``right``), in the order of
        the nodes.
    same_name
        Two people of one name who share an identifier that is nobody's.

    Returns
    -------
    tuple
        The new labels, ``node`` and ``reason_code`` of what was cut, ``same_name`` without it.
    """
    stopped = [pl.DataFrame(schema={"node": pl.Int64, "reason_code": pl.String})]
    joined = _join(holders, same_name, people.labels)
    for step in ("all",) if kind.name == PROBABILISTIC else ("bridges", "all"):
        wrong = _impossible(joined, people, weight, guards)
        if kind.name == PROBABILISTIC:
            sparse = _sparse(holders, joined, people.labels, guards)
            wrong[sparse[wrong[sparse] == 0]] = _SPARSE
        if not wrong.any():
            break
        links = Holders(
            *(
                np.concatenate(columns)
                for columns in zip(_joining(holders, people.labels), same_name, strict=True)
            )
        )
        links = links.where(wrong[joined[links.left]] > 0)
        if step == "bridges":
            links = links.where(bridges(links.left, links.right))
        reason = wrong[joined[links.left]]
        order = np.lexsort((reason, links.node))
        node, reason = links.node[order], reason[order]
        first = first_of_each(node)
        stopped.append(
            pl.DataFrame(
                {
                    "node": node[first],
                    "reason_code": [REASONS[place] for place in reason[first].tolist()],
                },
                schema=stopped[0].schema,
            )
        )
        holders, same_name = (
            links.where(~np.isin(links.node, node)) for links in (holders, same_name)
        )
        joined = _join(holders, same_name, people.labels)
    return joined, pl.concat(stopped), same_name


def _join(holders: Holders, same_name: Holders, people: Labels) -> Labels:
    left = np.concatenate([holders.left, same_name.left])
    right = np.concatenate([holders.right, same_name.right])
    return components(len(people), left, right)[people]


def _joining(holders: Holders, people: Labels) -> Holders:
    """Return the links of identifiers that join people.

    One that a single person holds and that was alone before joins nobody: it stays.
    """
    size = np.bincount(people, minlength=len(people))
    links = holders.where(holders.left != holders.right)
    several = np.repeat(*_counted(links.node)) > 1
    return links.where(several | (size[links.right] > 1))


def _counted(ordered: Numbers) -> tuple[Numbers, Numbers]:
    """Return the size of each group twice: as what is repeated, and how often."""
    sizes = sizes_of(first_of_each(ordered))
    return sizes, sizes


def _impossible(joined: Labels, people: People, weight: Labels, guards: Guards) -> Numbers:
    """Return the reason, for every new label, why it cannot be one person; 0 if it can."""
    n = len(joined)
    wrong = np.zeros(n, dtype=np.int64)
    large = np.bincount(joined, weights=weight, minlength=n) > guards.max_identifiers
    # a label is its person's smallest node; numpy's unique takes a second and a half per million
    before = np.flatnonzero(people.labels == np.arange(n))
    grown = np.zeros(n, dtype=np.bool_)
    grown[joined[before[joined[before] != before]]] = True
    wrong[large & grown] = _OVERSIZED
    person, part = _parts(joined, people, before[(grown & ~large)[joined[before]]])
    one, other = all_pairs_of(person)
    a, b = np.minimum(part[one], part[other]), np.maximum(part[one], part[other])
    wrong[person[one[people.compare(a, b) == DIFFER]]] = _BRIDGE
    return wrong


def _parts(joined: Labels, people: People, parts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the new person of each part, and the part, of those that can differ.

    Parts of one name count once, unless they hold identifiers that people differ by.

    Parameters
    ----------
    parts
        Labels from before of the people to look at, in order: most were joined with nobody.
    """
    if not len(parts):
        return parts, parts
    holds = np.zeros(len(joined), dtype=np.bool_)
    holds[people.holders()] = True
    parts = parts[holds[parts] | (people.key[parts] >= 0)]
    person, key, apart = joined[parts], people.key[parts], np.where(holds[parts], parts, -1)
    # parts are in order already, and the sort keeps it
    order = np.lexsort((apart, key, person))
    once = first_of_each(person[order], key[order], apart[order])
    return person[order][once], parts[order][once]


def _sparse(holders: Holders, joined: Labels, people: Labels, guards: Guards) -> Numbers:
    """Return the new people of many parts few of which are alike."""
    links = _joining(holders, people)
    person = joined[links.left]
    # as many parts as links at most
    many = np.bincount(person, minlength=len(joined)) > guards.matching.dense_from
    links, person = links.where(many[person]), person[many[person]]
    found = np.flatnonzero(many)
    counts = []
    for column in (links.node, links.left):
        order = np.lexsort((column, person))
        once = first_of_each(person[order], column[order])
        counts.append(np.bincount(person[order][once], minlength=len(joined))[found])
    pairs, parts = counts
    is_sparse = (parts > guards.matching.dense_from) & (
        pairs < guards.matching.density * (parts * (parts - 1) / 2)
    )
    return found[is_sparse]
