"""Evidence in, customers, edges and questions for a person out; a pure function of the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.identity.alike import alike_edges, alike_pairs, alike_questions, bands
from models_ml.identity.customers import assign
from models_ml.identity.decisions import (
    JOIN,
    NO_DECISIONS,
    SPLIT,
    decided_edges,
    decided_pairs,
)
from models_ml.identity.evidence import Evidence
from models_ml.identity.graph import Labels, components
from models_ml.identity.guards import PROBABILISTIC, Guards
from models_ml.identity.joining import join_by
from models_ml.identity.questions import questions
from models_ml.identity.report import edge_report
from models_ml.identity.screening import BLOCKED, TRUSTED, kind_of
from models_ml.identity.separation import separate
from models_ml.identity.stars import stars
from models_ml.identity.traits import traits

BLOCKED_VALUE = "blocked_value"

_NO_PAIRS = pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64})

_NO_HUBS = pl.DataFrame(
    schema={
        "node": pl.Int64, "hub": pl.Int64, "hub_b": pl.Int64, "kind": pl.String,
        "source": pl.String, "first_seen_at": pl.Datetime("us"), "last_seen_at": pl.Datetime("us"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who is who.

    Parameters
    ----------
    assignment
        ``identifier``, ``id_type``, ``customer_id``, ``founder_identifier``, ``first_seen_at``,
        ``last_seen_at``; identifiers that name nobody are absent.
    edges
        ``identifier_a``, ``identifier_b``, ``edge_type``, ``source``, ``evidence``,
        ``first_seen_at``, ``last_seen_at``, ``status`` (used or stopped).
    review
        ``review_id``, ``reason_code``, ``reason``, ``identifiers``, ``evidence``: what a guard
        stopped, one row per identifier.
    reach
        ``identifier`` and ``reached_from``, the smallest identifier that any evidence leads to,
        held or stopped: what is decided of one of them depends on no other. Blocked ones lead
        nowhere and are absent.
    """

    assignment: pl.DataFrame
    edges: pl.DataFrame
    review: pl.DataFrame
    reach: pl.DataFrame


def resolve(
    evidence: Evidence, guards: Guards, key: bytes, decisions: pl.DataFrame = NO_DECISIONS
) -> Resolution:
    """Decide which identifiers are one customer.

    Parameters
    ----------
    key
        Secret that customer ids are made with; the same key gives the same ids.
    decisions
        Columns of ``decisions.DECISIONS``. Those that join hold whatever the guards say; those
        that part are never crossed, directly or over others.
    """
    nodes = _nodes(evidence, guards)
    pairs = alike_pairs(evidence.matches, nodes, guards)
    ties = stars(evidence.sightings, nodes)
    links = _links(evidence.links, nodes)
    facts = traits(evidence.persons, nodes, guards.unique)
    decided = decided_pairs(decisions, nodes, JOIN)
    trusted = ties.filter(pl.col("kind") == TRUSTED).select(a="hub", b="node")
    stated = pl.concat([links, decided, trusted])
    people = components(len(nodes) + len(pairs), stated["a"].to_numpy(), stated["b"].to_numpy())
    uncounted = [TRUSTED, BLOCKED, *guards.not_a_person]
    weight: Labels = np.zeros(len(people), dtype=np.int64)
    weight[: len(nodes)] = (~nodes["kind"].is_in(uncounted)).to_numpy()
    blocked = ties.filter(pl.col("kind") == BLOCKED).select("node").unique()
    stopped = [blocked.with_columns(reason_code=pl.lit(BLOCKED_VALUE), kind=pl.lit(BLOCKED))]
    same_name = []
    of_kinds = ties.partition_by("kind", as_dict=True)
    for kind in guards.kinds:
        if kind.name == PROBABILISTIC:
            for of_band in bands(pairs):
                joined = join_by(kind, of_band, people, weight, facts, guards)
                stopped.append(joined.stopped.with_columns(kind=pl.lit(kind.name)))
                people = joined.people
            continue
        of_kind = of_kinds.get((kind.name,))
        if of_kind is None:
            continue
        joined = join_by(kind, of_kind.select("hub", "node"), people, weight, facts, guards)
        stopped.append(joined.stopped.with_columns(kind=pl.lit(kind.name)))
        if not joined.same_name.is_empty():
            same_name.append(_with_hubs(joined.same_name, of_kind, people))
        people = joined.people
    named_ties, stops = pl.concat([_NO_HUBS, *same_name]), pl.concat(stopped)
    edges = pl.concat(
        [
            edge_report(nodes, ties, stops, named_ties, evidence.links),
            alike_edges(pairs, stops, nodes),
            decided_edges(decisions, nodes),
        ]
    ).sort("identifier_a", "identifier_b", "edge_type", "source", "evidence")
    review = pl.concat(
        [
            questions(nodes, ties, stops, guards),
            alike_questions(pairs, stops, nodes, people, guards),
        ]
    )
    edges, people = separate(edges, nodes, people, decided_pairs(decisions, nodes, SPLIT))
    somebody = pl.concat([decided["a"], decided["b"]]).implode()
    customers = nodes.with_columns(person=pl.Series(people[: len(nodes)])).filter(
        (pl.col("kind") != BLOCKED) | pl.col("node").is_in(somebody)
    )
    return Resolution(
        assign(customers, guards.not_a_person, key),
        edges,
        review,
        _reach(nodes, [links, pairs.select("a", "b"), ties.select(a="hub", b="node")]),
    )


def _reach(nodes: pl.DataFrame, ways: list[pl.DataFrame]) -> pl.DataFrame:
    """Return from where every identifier is reached; over blocked ones leads no way."""
    a, b = (np.concatenate([way[end].to_numpy() for way in ways]) for end in ("a", "b"))
    blocked = (nodes["kind"] == BLOCKED).to_numpy()
    leads = ~blocked[a] & ~blocked[b]
    smallest = components(len(nodes), a[leads], b[leads])
    return nodes.select(
        "identifier", reached_from=nodes["identifier"].gather(pl.Series(smallest))
    ).filter(pl.Series(~blocked))


def _nodes(evidence: Evidence, guards: Guards) -> pl.DataFrame:
    """Return every identifier once, in text order, with its times and its kind."""
    ends = [
        evidence.links.lazy().select(
            "first_seen_at",
            "last_seen_at",
            identifier=end,
            id_type=pl.col(end).str.extract(r"^([^:]*):", 1),
        )
        for end in ("identifier_a", "identifier_b")
    ]
    columns = ["identifier", "id_type", "first_seen_at", "last_seen_at"]
    return (
        pl.concat(
            [evidence.sightings.lazy().select(columns), *(end.select(columns) for end in ends)]
        )
        .group_by("identifier")
        .agg(pl.col("id_type").min(), pl.col("first_seen_at").min(), pl.col("last_seen_at").max())
        .sort("identifier")
        .with_columns(kind=kind_of(guards))
        .with_row_index("node")
        .with_columns(pl.col("node").cast(pl.Int64))
        .collect()
    )


def _links(links: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Return the explicit links as pairs of nodes, those of blocked values left out."""
    if links.is_empty():
        return _NO_PAIRS
    node = nodes.filter(pl.col("kind") != BLOCKED).select("identifier", "node")
    return (
        links.join(node.rename({"node": "a"}), left_on="identifier_a", right_on="identifier")
        .join(node.rename({"node": "b"}), left_on="identifier_b", right_on="identifier")
        .select("a", "b")
        .unique()
    )


def _with_hubs(same_name: pl.DataFrame, ties: pl.DataFrame, people: Labels) -> pl.DataFrame:
    """Return the pairs of people who share an identifier and a name as pairs of their hubs."""
    hubs = (
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
    return (
        same_name.join(hubs, left_on=["node", "a"], right_on=["node", "person"])
        .join(hubs, left_on=["node", "b", "kind"], right_on=["node", "person", "kind"], suffix="_b")
        .select(
            "node",
            "hub",
            "hub_b",
            "kind",
            "source",
            first_seen_at=pl.max_horizontal("first_seen_at", "first_seen_at_b"),
            last_seen_at=pl.max_horizontal("last_seen_at", "last_seen_at_b"),
        )
    )
