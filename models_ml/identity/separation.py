"""People and their edges in, the same without a path between two whom a person has parted.

edges, strongest first ──► would it lead from one side of a negative edge to the other?
                              no: it holds               yes: it is cut
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from models_ml.identity.decisions import DECISION
from models_ml.identity.graph import Labels
from models_ml.identity.guards import KINDS

_STRONGER_THAN_GUARDS = (DECISION, "merged", "converted", "record")
_WEAKEST = "weakest"


def strength(edge_type: pl.Expr) -> pl.Expr:
    """Return the rank of an edge by its type, 0 the strongest; a type not listed is the weakest.

    What a person or a source states outright comes first, then the kinds in the order in which
    they join, ``<kind>_and_name`` with its kind.
    """
    order = (*_STRONGER_THAN_GUARDS, *KINDS)
    return edge_type.str.strip_suffix("_and_name").replace_strict(
        {name: rank for rank, name in enumerate(order)},
        default=len(order),
        return_dtype=pl.Int64,
    )


def separate(
    edges: pl.DataFrame, nodes: pl.DataFrame, people: Labels, apart: pl.DataFrame
) -> tuple[pl.DataFrame, Labels]:
    """Cut the weakest tie on every path between two who were decided to be two.

    Of two ties of one type the one stated more often holds, then the one seen first.

    Parameters
    ----------
    edges
        Columns of ``identity.edges``.
    nodes
        ``identifier`` and ``node``, its place.
    people
        Label of every node's person.
    apart
        ``a`` and ``b``: nodes that must not be one person's.

    Returns
    -------
    tuple
        The edges, those cut with status ``stopped`` and the reason ``decision``, and the labels.
    """
    if apart.is_empty():
        return edges, people
    together = apart.filter(people[apart["a"].to_numpy()] == people[apart["b"].to_numpy()])
    if together.is_empty():
        return edges, people
    wrong = np.unique(people[together["a"].to_numpy()])
    members = np.flatnonzero(np.isin(people, wrong))
    place = nodes.select("identifier", "node").filter(pl.col("node").is_in(members))
    ties = (
        edges.filter(pl.col("status") == "used")
        .join(place.rename({"node": "a"}), left_on="identifier_a", right_on="identifier")
        .join(place.rename({"node": "b"}), left_on="identifier_b", right_on="identifier")
        .group_by("a", "b", "edge_type", "identifier_a", "identifier_b")
        .agg(pl.len(), pl.col("first_seen_at").min())
        .with_columns(rank=strength(pl.col("edge_type")))
        .sort(
            "rank",
            "len",
            "first_seen_at",
            "a",
            "b",
            "edge_type",
            descending=[False, True, *[False] * 4],
            nulls_last=True,
        )
    )
    groups = _Groups(members.tolist(), together.rows())
    held = [groups.join(a, b) for a, b in ties.select("a", "b").iter_rows()]
    labels = people.copy()
    for group in groups.all():
        labels[group] = min(group)
    cut = ties.filter(~pl.Series(held, dtype=pl.Boolean)).select(
        "identifier_a", "identifier_b", "edge_type", status=pl.lit("used"), cut=pl.lit(True)
    )
    by = ["identifier_a", "identifier_b", "edge_type", "status"]
    marked = edges.join(cut, on=by, how="left", maintain_order="left")
    return (
        marked.with_columns(
            evidence=pl.when("cut").then(_stopped_by_decision()).otherwise(pl.col("evidence")),
            status=pl.when("cut").then(pl.lit("stopped")).otherwise(pl.col("status")),
        ).drop("cut"),
        labels,
    )


def _stopped_by_decision() -> pl.Expr:
    """Return the evidence with its reason: a member of JSON, or a word after a colon."""
    evidence = pl.col("evidence")
    return (
        pl.when(evidence.str.starts_with("{"))
        .then(evidence.str.replace(r"\}$", f', "stopped_by": "{DECISION}"}}'))
        .otherwise(pl.concat_str(evidence, pl.lit(DECISION), separator=": ", ignore_nulls=True))
    )


def sides(
    edges: pl.DataFrame, members: set[str], one: str, other: str
) -> tuple[list[str], list[str]]:
    """Return what would stay with each of two identifiers of one person, were they parted.

    Parameters
    ----------
    edges
        Columns of ``identity.edges``; at least those of the person.
    members
        All identifiers of the person.
    """
    _, label_of = _parted(edges, members, one, other)
    found = [
        [name for name, label in label_of.items() if label == label_of[end]] for end in (one, other)
    ]
    return found[0], found[1]


def joins_cut(edges: pl.DataFrame, members: set[str], one: str, other: str) -> list[str]:
    """Return the decisions to join that would be cut, were they the weakest of all ties.

    What two were joined by is then not taken for evidence that joined them all along: a number
    that both state joins nobody of two names until somebody says that they are one.

    Parameters
    ----------
    edges, members
        As of ``sides``.
    """
    is_join = (pl.col("edge_type") == DECISION) & (pl.col("status") == "used")
    weakest = edges.with_columns(
        edge_type=pl.when(is_join).then(pl.lit(_WEAKEST)).otherwise("edge_type")
    )
    left, _ = _parted(weakest, members, one, other)
    cut = left.filter(pl.col("edge_type") == _WEAKEST, pl.col("status") == "stopped")
    return sorted(cut["evidence"].str.strip_suffix(f": {DECISION}"))


def _parted(
    edges: pl.DataFrame, members: set[str], one: str, other: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the edges and the label of each member after two of them were parted."""
    nodes = (
        pl.DataFrame({"identifier": sorted(members)})
        .with_row_index("node")
        .with_columns(pl.col("node").cast(pl.Int64))
    )
    place = dict(nodes.select("identifier", "node").rows())
    apart = pl.DataFrame({"a": [place[one]], "b": [place[other]]})
    left, labels = separate(edges, nodes, np.zeros(len(nodes), dtype=np.int64), apart)
    return left, {name: int(labels[node]) for name, node in place.items()}


class _Groups:
    """Groups of nodes that grow by joining, but never over a pair that must stay apart."""

    def __init__(self, members: list[int], apart: Iterable[tuple[int, int]]) -> None:
        self._group = {node: node for node in members}
        self._held = {node: [node] for node in members}
        self._foes: dict[int, set[int]] = {}
        for a, b in apart:
            self._foes.setdefault(a, set()).add(b)
            self._foes.setdefault(b, set()).add(a)

    def join(self, a: int, b: int) -> bool:
        """Join the groups of two nodes; return False, and do nothing, if they are foes."""
        one, other = self._group[a], self._group[b]
        if one == other:
            return True
        if other in self._foes.get(one, ()):
            return False
        if len(self._held[one]) < len(self._held[other]):
            one, other = other, one
        for node in self._held[other]:
            self._group[node] = one
        self._held[one] += self._held.pop(other)
        for foe in self._foes.pop(other, set()):
            self._foes[foe].discard(other)
            self._foes[foe].add(one)
            self._foes.setdefault(one, set()).add(foe)
        return True

    def all(self) -> list[list[int]]:
        """Return the nodes of every group."""
        return list(self._held.values())
