"""What a person decided about who is who, as edges: positive ones join, negative ones part."""

from __future__ import annotations

import polars as pl

from models_ml.identity.graph import Labels

DECISIONS = pl.Schema(
    {
        "decision_id": pl.String(),
        "verdict": pl.String(),
        "identifier_a": pl.String(),
        "identifier_b": pl.String(),
        "author": pl.String(),
        "decided_at": pl.Datetime("us"),
    }
)
"""Decisions that hold. ``verdict`` is ``join`` or ``split``; the identifiers are in any order."""

EDGES = pl.Schema(
    {
        "identifier_a": pl.String(),
        "identifier_b": pl.String(),
        "edge_type": pl.String(),
        "source": pl.String(),
        "evidence": pl.String(),
        "first_seen_at": pl.Datetime("us"),
        "last_seen_at": pl.Datetime("us"),
        "status": pl.String(),
    }
)
"""Columns of ``identity.edges``."""

JOIN, SPLIT = "join", "split"

DECISION = "decision"
"""Type of the edges that a person drew, and reason code of what they stopped."""

OF_COMPANIES = ("account", "domain", "tax_number")
"""Types of identifiers that only a company has."""

OF_BOTH = ("email", "phone", "anonymous_id", "device")
"""Types that a company may have as well as a person: a mailbox, a switchboard, a browser there."""

NO_DECISIONS = pl.DataFrame(schema=DECISIONS)


def decided_pairs(decisions: pl.DataFrame, nodes: pl.DataFrame, verdict: str) -> pl.DataFrame:
    """Return the decisions of one verdict as pairs of nodes.

    A decision about an identifier that no source states any more waits until one does.

    Parameters
    ----------
    decisions
        Columns of ``DECISIONS``.
    nodes
        ``identifier`` and ``node``.

    Returns
    -------
    pl.DataFrame
        ``a`` and ``b``, the smaller node first, each pair once, in order.
    """
    of_verdict = decisions.filter(pl.col("verdict") == verdict)
    if of_verdict.is_empty():
        return pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64})
    node = nodes.select("identifier", "node")
    return (
        of_verdict.join(node.rename({"node": "one"}), left_on="identifier_a", right_on="identifier")
        .join(node.rename({"node": "other"}), left_on="identifier_b", right_on="identifier")
        .select(a=pl.min_horizontal("one", "other"), b=pl.max_horizontal("one", "other"))
        .unique()
        .sort("a", "b")
    )


def companies_apart(joins: pl.DataFrame, nodes: pl.DataFrame, people: Labels) -> pl.DataFrame:
    """Return who must not become part of a company by a decision.

    A mailbox that somebody gave to a company takes no person there who states it, then or later.

    Parameters
    ----------
    joins
        ``a`` and ``b``, see ``decided_pairs``.
    nodes
        ``node`` and ``id_type``.
    people
        Label of every node's person, these joined.

    Returns
    -------
    pl.DataFrame
        ``a`` and ``b``: the company's end of a decision, and a person's record or login.
    """
    id_type, label = pl.col("id_type"), nodes.with_columns(label=people[nodes["node"].to_numpy()])
    ends = pl.concat([joins["a"], joins["b"]]).unique()
    companies = label.filter(pl.col("node").is_in(ends.implode()), id_type.is_in(OF_COMPANIES))
    persons = label.filter(~id_type.is_in([*OF_COMPANIES, *OF_BOTH]))
    return companies.join(persons, on="label", suffix="_b").select(a="node", b="node_b")


def decided_edges(decisions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions as rows of ``identity.edges``; who drew an edge is its source."""
    if decisions.is_empty():
        # to look for nobody among a million takes a second
        return pl.DataFrame(schema=EDGES)
    known = nodes["identifier"].implode()
    joins = pl.col("verdict") == JOIN
    return decisions.filter(
        pl.col("identifier_a").is_in(known) & pl.col("identifier_b").is_in(known)
    ).select(
        identifier_a=pl.min_horizontal("identifier_a", "identifier_b"),
        identifier_b=pl.max_horizontal("identifier_a", "identifier_b"),
        edge_type=pl.lit(DECISION),
        source="author",
        evidence=pl.when(joins)
        .then(pl.col("decision_id"))
        .otherwise(pl.format("{}: {}", "decision_id", pl.lit(DECISION))),
        first_seen_at="decided_at",
        last_seen_at="decided_at",
        status=pl.when(joins).then(pl.lit("used")).otherwise(pl.lit("stopped")),
    )
