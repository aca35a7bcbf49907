"""What the guards stopped, as questions a person can decide."""

from __future__ import annotations

import hashlib

import polars as pl

from models_ml.identity.graph import Labels
from models_ml.identity.guards import Guards
from models_ml.identity.screening import BLOCKED, kind_of

_LISTED = 20
"""Identifiers shown with a question; a switchboard may have thousands."""

_SENTENCES = {
    "blocked_value": "{identifier} is a placeholder or an automatic sender: it names nobody and "
    "joins nobody.",
    "too_many_people": "{identifier} is stated by more than {limit} people, the most that one "
    "{kind} may have: it joins nobody.",
    "different_people": "{identifier} is shared by people who are not one: it joins only those "
    "whose names agree.",
    "bridge_between_people": "{identifier} was all that joined two different people: it joins "
    "nobody.",
    "oversized_person": "{identifier} was part of what joined more than {most} identifiers into "
    "one person: it joins nobody.",
}


def questions(
    nodes: pl.DataFrame,
    ties: pl.DataFrame,
    stopped: pl.DataFrame,
    people: Labels,
    apart: pl.DataFrame,
    guards: Guards,
) -> pl.DataFrame:
    """Return one row per stopped identifier and reason, but for those that leave nothing to ask.

    Who states it may be one with it by other evidence, or be kept apart from it by a decision.

    Parameters
    ----------
    stopped
        ``node``, ``kind``, ``reason_code``.
    people
        Label of every node's person.
    apart
        ``a`` and ``b``, the smaller first: nodes that a decision keeps apart.

    Returns
    -------
    pl.DataFrame
        ``review_id`` (the same for the same identifier and reason, in every run),
        ``reason_code``, ``reason``, ``identifiers`` (the stopped one first, then those it would
        have joined, at most 20), ``evidence`` (how many those are, and the entities).
    """
    name = nodes.select("node", "identifier")
    limits = pl.DataFrame(
        {
            "kind": [kind.name for kind in guards.kinds],
            "limit": [str(kind.max_people) for kind in guards.kinds],
        },
        schema={"kind": pl.String, "limit": pl.String},
    )
    held = stopped.join(ties.select("hub", "node", "kind", "evidence"), on=["node", "kind"])
    rows = (
        held.with_columns(is_settled=_settled(held["hub"], held["node"], people, apart))
        .join(name.rename({"node": "hub", "identifier": "holder"}), on="hub")
        .group_by("node", "kind", "reason_code")
        .agg(
            holders=pl.col("holder").unique().sort(),
            entities=pl.col("evidence").unique().sort().str.join(", "),
            is_settled=pl.col("is_settled").all(),
        )
        .filter(~pl.col("is_settled"))
        .join(name, on="node")
        .join(limits, on="kind", how="left")
        .sort("identifier", "reason_code")
    )
    sentences = pl.DataFrame(
        {"reason_code": list(_SENTENCES), "text": list(_SENTENCES.values())},
        schema={"reason_code": pl.String, "text": pl.String},
    )
    rows = rows.join(sentences, on="reason_code", maintain_order="left")
    reason = pl.col("text").str.replace("{most}", str(guards.max_identifiers), literal=True)
    for place in ("limit", "kind", "identifier"):
        reason = reason.str.replace(f"{{{place}}}", pl.col(place).fill_null(""), literal=True)
    return rows.select(
        review_ids(rows["reason_code"], rows["identifier"]),
        "reason_code",
        reason=reason,
        # who states a placeholder says nothing of anybody, and may be everybody
        identifiers=pl.when(pl.col("kind") == BLOCKED)
        .then(pl.concat_list("identifier"))
        .otherwise(
            pl.concat_list(pl.concat_list("identifier"), pl.col("holders").list.head(_LISTED))
        ),
        evidence=pl.when(pl.col("kind") == BLOCKED)
        .then(_rule_of(guards))
        .otherwise(pl.format("{} identifiers; {}", pl.col("holders").list.len(), "entities")),
    )


def _settled(hub: pl.Series, node: pl.Series, people: Labels, apart: pl.DataFrame) -> pl.Series:
    """Mark the ties whose two ends are one person's, or two by decision."""
    one = pl.Series(people[hub.to_numpy()] == people[node.to_numpy()], dtype=pl.Boolean)
    if apart.is_empty():
        return one
    ends = pl.DataFrame({"a": hub, "b": node}).select(
        pl.struct(a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"))
    )
    return one | ends.to_series().is_in(apart.to_struct().implode())


def _rule_of(guards: Guards) -> pl.Expr:
    """Name the file that blocks ``identifier``; what both block, the company need not have."""
    packaged = pl.lit("a rule of guards.yml")
    if guards.packaged is None:
        return packaged
    own = pl.lit("a rule of identity_guards.yml")
    return pl.when(kind_of(guards.packaged) == BLOCKED).then(packaged).otherwise(own)


def review_ids(codes: pl.Series, subjects: pl.Series) -> pl.Series:
    """Return the id of each question: the same for the same reason and subject, in every run."""
    ids = [
        "r_" + hashlib.sha256(f"{code}|{subject}".encode()).hexdigest()[:16]
        for code, subject in zip(codes, subjects, strict=True)
    ]
    return pl.Series("review_id", ids, dtype=pl.String)
