"""Records that are alike, as evidence: each pair a node of its own that its two records hold.

So a pair is joined, stopped and cut like any shared identifier.
"""

from __future__ import annotations

import polars as pl

from models_ml.identity.graph import Labels
from models_ml.identity.guards import PROBABILISTIC, Guards
from models_ml.identity.questions import review_ids
from models_ml.identity.screening import TRUSTED

_BANDS = (25, 20, 15, 10, 5)
"""Bits at which bands of pairs part, of five bits each but the last.

Pairs join in bands, surest first, so that a doubtful one meets the people the sure ones made and is
the first to be cut: where somebody cannot be one person, the pairs of the band that joined him go,
or join in finer steps (``joining_alike``)."""

TWO_FIRST_NAMES = r'"column": "first_name", "relation": "(?:other|alike)"'
"""In the waterfall of a pair whose first names are two, neither a nickname nor a slip."""

NOT_SURE = "possible_match"

_SENTENCES = {
    NOT_SURE: "{a} and {b} may be one: the probability is {percent} %.",
    "different_people": "{a} and {b} are alike ({percent} %), but what else is known of the two "
    "tells them apart.",
    "bridge_between_people": "{a} and {b} are alike ({percent} %), but joining them would make one "
    "of two different people.",
    "oversized_person": "{a} and {b} are alike ({percent} %), but joining them makes a person of "
    "more than {most} identifiers.",
    "sparse_group": "{a} and {b} are alike ({percent} %), but too few of those it would join are.",
    "too_many_people": "{a} and {b} are alike ({percent} %), but so are too many others.",
}


def alike_pairs(matches: pl.DataFrame, nodes: pl.DataFrame, guards: Guards) -> pl.DataFrame:
    """Return the pairs as nodes, numbered after all others.

    Returns
    -------
    pl.DataFrame
        ``node``, ``a`` and ``b`` (the records' nodes), ``band`` (0 the surest, null if too
        unsure to be used), ``weight``, ``probability``, ``waterfall``, ``first_seen_at``,
        ``last_seen_at``.
    """
    record = nodes.filter(pl.col("kind") == TRUSTED).select(
        "identifier", "node", "first_seen_at", "last_seen_at"
    )
    probability = pl.col("probability")
    band = pl.when(probability >= guards.matching.used_from).then(
        sum((pl.col("weight") < bits).cast(pl.Int64) for bits in _BANDS)
    )
    return (
        matches.filter(probability >= guards.matching.asked_from)
        .unique(["identifier_a", "identifier_b"])
        .join(record, left_on="identifier_a", right_on="identifier")
        .join(record, left_on="identifier_b", right_on="identifier", suffix="_b")
        .sort("node", "node_b")
        .select(
            a="node",
            b="node_b",
            band=band,
            weight="weight",
            probability="probability",
            waterfall="waterfall",
            first_seen_at=pl.max_horizontal("first_seen_at", "first_seen_at_b"),
            last_seen_at=pl.max_horizontal("last_seen_at", "last_seen_at_b"),
        )
        .with_row_index("node", offset=len(nodes))
        .with_columns(pl.col("node").cast(pl.Int64))
    )


def bands(pairs: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the pairs of each band, surest first."""
    return [
        of_band
        for band in range(len(_BANDS) + 1)
        if not (of_band := pairs.filter(pl.col("band") == band)).is_empty()
    ]


def ties_of(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the ties (``hub``, ``node``) that pairs are."""
    return pl.concat([pairs.select("node", hub=end) for end in ("a", "b")])


def alike_edges(pairs: pl.DataFrame, stopped: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs as rows of ``identity.edges``; ``evidence`` is JSON.

    Parameters
    ----------
    stopped
        ``node``, ``reason_code``.
    """
    judged = pairs.join(stopped.select("node", "reason_code"), on="node", how="left").with_columns(
        why=pl.when(pl.col("band").is_null())
        .then(pl.lit(NOT_SURE))
        .otherwise(pl.col("reason_code"))
    )
    end = pl.when(pl.col("why").is_null()).then(pl.lit("}"))
    named = nodes["identifier"]
    return judged.select(
        named.gather(judged["a"]).alias("identifier_a"),
        named.gather(judged["b"]).alias("identifier_b"),
        edge_type=pl.lit(PROBABILISTIC),
        source=pl.lit("matching"),
        evidence=pl.concat_str(
            pl.lit('{"weight": '),
            pl.col("weight").round(2).cast(pl.String),
            pl.lit(', "probability": '),
            pl.col("probability").round(4).cast(pl.String),
            pl.lit(', "columns": '),
            pl.col("waterfall"),
            end.otherwise(pl.concat_str(pl.lit(', "stopped_by": "'), "why", pl.lit('"}'))),
        ),
        first_seen_at="first_seen_at",
        last_seen_at="last_seen_at",
        status=pl.when(pl.col("why").is_null()).then(pl.lit("used")).otherwise(pl.lit("stopped")),
    )


def alike_questions(
    pairs: pl.DataFrame,
    stopped: pl.DataFrame,
    nodes: pl.DataFrame,
    people: Labels,
    apart: pl.DataFrame,
    guards: Guards,
) -> pl.DataFrame:
    """Return one question per pair that joined nobody and whose records are not one anyway.

    Parameters
    ----------
    apart
        ``a`` and ``b``, the smaller first: nodes that a decision keeps apart, so nothing is asked.
    """
    named = nodes["identifier"]
    are_two = pl.Series(people[pairs["a"].to_numpy()] != people[pairs["b"].to_numpy()])
    asked = (
        pairs.filter(are_two)
        .join(apart, on=["a", "b"], how="anti", maintain_order="left")
        .join(stopped.select("node", "reason_code"), on="node", how="left")
        .with_columns(
            pl.when(pl.col("band").is_null())
            .then(pl.lit(NOT_SURE))
            .otherwise(pl.col("reason_code"))
            .alias("reason_code")
        )
    )
    asked = asked.select(
        "reason_code",
        named.gather(asked["a"]).alias("a"),
        named.gather(asked["b"]).alias("b"),
        "waterfall",
        percent=(pl.col("probability") * 100).round(1).cast(pl.String),
    ).sort("a", "b")
    reason = pl.col("reason_code").replace_strict(_SENTENCES, return_dtype=pl.String)
    reason = reason.str.replace("{most}", str(guards.max_identifiers), literal=True)
    for place in ("percent", "a", "b"):
        reason = reason.str.replace(f"{{{place}}}", pl.col(place), literal=True)
    return asked.select(
        review_ids(asked["reason_code"], asked["a"] + "|" + asked["b"]),
        "reason_code",
        reason=reason,
        identifiers=pl.concat_list("a", "b"),
        evidence="waterfall",
    )
