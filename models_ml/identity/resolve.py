"""Evidence in, customers, edges and questions for a person out; a pure function of the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.identity.alike import alike_edges, alike_pairs, alike_questions
from models_ml.identity.customers import assign
from models_ml.identity.decisions import (
    JOIN,
    NO_DECISIONS,
    SPLIT,
    companies_apart,
    decided_edges,
    decided_pairs,
)
from models_ml.identity.evidence import Evidence
from models_ml.identity.graph import components
from models_ml.identity.guards import Guards
from models_ml.identity.kinds import join_by_kinds
from models_ml.identity.questions import questions
from models_ml.identity.report import edge_report
from models_ml.identity.screening import BLOCKED, TRUSTED, kind_of
from models_ml.identity.separation import separate
from models_ml.identity.stars import stars
from models_ml.identity.traits import traits

_NO_PAIRS = pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64})


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
    decided = decided_pairs(decisions, nodes, JOIN)
    found = join_by_kinds(
        nodes,
        pairs,
        ties,
        pl.concat([links, ties.filter(pl.col("kind") == TRUSTED).select(a="hub", b="node")]),
        decided,
        traits(evidence.persons, nodes, guards.unique),
        guards,
    )
    edges = pl.concat(
        [
            edge_report(nodes, ties, found.stopped, found.same_name, evidence.links),
            alike_edges(pairs, found.stopped, nodes),
            decided_edges(decisions, nodes),
        ]
    ).sort("identifier_a", "identifier_b", "edge_type", "source", "evidence")
    apart = decided_pairs(decisions, nodes, SPLIT)
    review = pl.concat(
        [
            questions(nodes, ties, found.stopped, found.people, apart, guards),
            alike_questions(pairs, found.stopped, nodes, found.people, apart, guards),
        ]
    )
    if not decided.is_empty():
        apart = pl.concat([apart, companies_apart(decided, nodes, found.people)])
    edges, people = separate(edges, nodes, found.people, apart)
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
