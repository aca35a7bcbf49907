"""One kind of evidence at work: ties in, the ties that hold and the reasons of the others out.

holders of an identifier ── too many? ── names differ? ── too large, or two people in one?
                               stop           stop             cut at the bridges
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from models_ml.identity.cutting import join_without_impossible
from models_ml.identity.graph import Labels
from models_ml.identity.guards import Guards, Kind
from models_ml.identity.people import AGREE, DIFFER, Traits, compare, labels_of, name_keys

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
    kind: Kind, ties: pl.DataFrame, people: Labels, weight: Labels, traits: Traits, guards: Guards
) -> Joined:
    """Join people by one kind of evidence.

    Parameters
    ----------
    ties
        ``hub`` and ``node`` of every tie of this kind.
    people
        Label of every node's person so far.
    weight
        What a node counts towards ``guards.max_identifiers``, per node.
    """
    if ties.is_empty():
        return Joined(people, NOT_STOPPED, NO_PAIRS)
    keys = name_keys(traits, people)
    holders = _holders(ties, people, keys)
    many = (
        holders.lazy()
        .group_by("node")
        .agg(pl.col("key").n_unique())
        .filter(pl.col("key") > kind.max_people)
        .select("node")
        .collect()
    )
    if len(many):
        holders = holders.join(many, on="node", how="anti")
    alike = holders.group_by("node", "key").agg(first=pl.col("person").min())
    pairs = (
        alike.lazy()
        .join(alike.lazy(), on="node", suffix="_b")
        .filter(pl.col("first") < pl.col("first_b"))
        .select("node", a="first", b="first_b")
        .collect()
    )
    verdicts = compare(pairs.select("a", "b").unique(), traits, people, kind)
    judged = pairs.join(verdicts, on=["a", "b"])
    differ = judged.filter(pl.col("verdict") == DIFFER).select("node").unique()
    same_name, clean = NO_PAIRS, holders
    if len(differ):
        same_name = _same_name(judged, holders, alike, differ)
        clean = holders.join(differ, on="node", how="anti")
    joined, cut = join_without_impossible(
        kind, clean, same_name, people, keys, weight, verdicts, traits, guards
    )
    stopped = pl.concat(
        [
            many.with_columns(reason_code=pl.lit(TOO_MANY)),
            differ.with_columns(reason_code=pl.lit(DIFFERENT)),
            cut,
        ]
    ).unique("node", keep="first", maintain_order=True)
    if len(same_name):
        same_name = same_name.join(cut, on="node", how="anti")
    return Joined(joined, stopped, same_name)


def _same_name(
    judged: pl.DataFrame, holders: pl.DataFrame, alike: pl.DataFrame, differ: pl.DataFrame
) -> pl.DataFrame:
    """Return the pairs of one name who share an identifier with people who are not them."""
    return (
        pl.concat(
            [
                judged.lazy().filter(pl.col("verdict") == AGREE).select("node", "a", "b"),
                holders.lazy()
                .join(alike.lazy(), on=["node", "key"])
                .filter(pl.col("person") != pl.col("first"))
                .select("node", a="first", b="person"),
            ]
        )
        .join(differ.lazy(), on="node", how="semi")
        .collect()
    )


def _holders(ties: pl.DataFrame, people: Labels, keys: pl.DataFrame) -> pl.DataFrame:
    """Return ``node``, ``person``, ``key``: who holds each identifier.

    The identifier's own person counts where it has a name by now. Without a name everybody is
    a key apart.
    """
    node, named = pl.LazyFrame({"node": ties["node"]}), keys.lazy()
    held = node.with_columns(labels_of(ties["hub"], people))
    itself = node.with_columns(labels_of(ties["node"], people)).join(named, on="person", how="semi")
    return (
        pl.concat([held, itself])
        .unique()
        .join(named, on="person", how="left")
        .with_columns(pl.col("key").fill_null(pl.col("person").cast(pl.String)))
        .collect()
    )
