"""Holders of identifiers in, people out; those that grew too large or hold two names are cut."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from models_ml.identity.graph import Labels, bridges, components
from models_ml.identity.guards import PROBABILISTIC, Guards, Kind
from models_ml.identity.people import DIFFER, UNIQUE, Traits, compare, labels_of

BRIDGE, OVERSIZED, SPARSE = "bridge_between_people", "oversized_person", "sparse_group"


def join_without_impossible(
    kind: Kind,
    holders: pl.DataFrame,
    same_name: pl.DataFrame,
    people: Labels,
    keys: pl.DataFrame,
    weight: Labels,
    verdicts: pl.DataFrame,
    traits: Traits,
    guards: Guards,
) -> tuple[Labels, pl.DataFrame]:
    """Join, look at what came of it, and take apart what cannot be one person.

    First the bridges of this kind go, then, where that is not enough, every identifier of this
    kind that joins anybody there.

    Parameters
    ----------
    keys
        ``name_keys`` of ``people``.
    verdicts
        Of ``compare`` on the pairs that were compared before.
    """
    stopped = pl.DataFrame(schema={"node": pl.Int64, "reason_code": pl.String})
    joined = _join(holders, same_name, people)
    for step in ("bridges", "all"):
        wrong = _impossible(kind, joined, people, keys, weight, verdicts, traits, guards)
        if kind.name == PROBABILISTIC:
            sparse = _sparse(holders, joined, people, guards)
            wrong = pl.concat([wrong, sparse]).unique("person", keep="first", maintain_order=True)
        if wrong.is_empty():
            break
        links = pl.concat(
            [_joining_links(holders, people), same_name.select("node", left="a", right="b")]
        )
        links = links.with_columns(person=labels_of(links["left"], joined)).join(wrong, on="person")
        if step == "bridges":
            alone = bridges(links["left"].to_numpy(), links["right"].to_numpy())
            links = links.filter(pl.Series(alone, dtype=pl.Boolean))
        cut = (
            links.select("node", "reason_code")
            .sort("node", "reason_code")
            .unique("node", keep="first", maintain_order=True)
        )
        stopped = pl.concat([stopped, cut])
        holders = holders.join(cut, on="node", how="anti")
        same_name = same_name.join(cut, on="node", how="anti")
        joined = _join(holders, same_name, people)
    return joined, stopped


def _join(holders: pl.DataFrame, same_name: pl.DataFrame, people: Labels) -> Labels:
    left = np.concatenate([holders["person"].to_numpy(), same_name["a"].to_numpy()])
    right = np.concatenate([people[holders["node"].to_numpy()], same_name["b"].to_numpy()])
    return components(len(people), left, right)[people]


def _joining_links(holders: pl.DataFrame, people: Labels) -> pl.DataFrame:
    """Return the links of identifiers that join people.

    One that a single person holds and that was alone before joins nobody: it stays.
    """
    own = people[holders["node"].to_numpy()]
    size = np.bincount(people, minlength=len(people))
    return (
        holders.select(
            "node",
            left="person",
            right=pl.Series(own, dtype=pl.Int64),
            alone=pl.Series(size[own] == 1, dtype=pl.Boolean),
        )
        .filter(pl.col("left") != pl.col("right"))
        .filter((pl.len().over("node") > 1) | ~pl.col("alone"))
        .drop("alone")
    )


def _impossible(
    kind: Kind,
    joined: Labels,
    people: Labels,
    keys: pl.DataFrame,
    weight: Labels,
    verdicts: pl.DataFrame,
    traits: Traits,
    guards: Guards,
) -> pl.DataFrame:
    """Return the new people (``person``, ``reason_code``) that are too large, or two in one."""
    size = np.bincount(joined, weights=weight, minlength=len(people))
    large = size > guards.max_identifiers
    # a label is its person's smallest node; numpy's unique takes a second and a half per million
    before = np.flatnonzero(people == np.arange(len(people)))
    grown = np.bincount(joined[before], minlength=len(people)) > 1
    parts = _parts(kind, joined, people, keys, traits, grown & ~large)
    oversized = pl.DataFrame(
        {"person": np.flatnonzero(large & grown)}, schema={"person": pl.Int64}
    ).with_columns(reason_code=pl.lit(OVERSIZED))
    if parts.is_empty():
        return oversized
    pairs = (
        parts.lazy()
        .join(parts.lazy(), on="person", suffix="_b")
        .filter(pl.col("part") < pl.col("part_b"))
        .select("person", a="part", b="part_b")
        .collect()
    )
    others = pairs.select("a", "b").join(verdicts, on=["a", "b"], how="anti")
    if len(others):
        verdicts = pl.concat([verdicts, compare(others, traits, people, kind)])
    mixed = (
        pairs.lazy()
        .join(verdicts.lazy().filter(pl.col("verdict") == DIFFER), on=["a", "b"], how="semi")
        .select("person", reason_code=pl.lit(BRIDGE))
        .unique()
        .collect()
    )
    return pl.concat([oversized, mixed])


def _sparse(holders: pl.DataFrame, joined: Labels, people: Labels, guards: Guards) -> pl.DataFrame:
    """Return the new people of many parts few of which are alike."""
    links = _joining_links(holders, people)
    parts = links.group_by(labels_of(links["left"], joined)).agg(
        pairs=pl.col("node").n_unique(), parts=pl.col("left").n_unique()
    )
    all_pairs = pl.col("parts") * (pl.col("parts") - 1) / 2
    return parts.filter(
        (pl.col("parts") > guards.matching.dense_from)
        & (pl.col("pairs") < guards.matching.density * all_pairs)
    ).select("person", reason_code=pl.lit(SPARSE))


def _parts(
    kind: Kind,
    joined: Labels,
    people: Labels,
    keys: pl.DataFrame,
    traits: Traits,
    looked_at: npt.NDArray[np.bool_],
) -> pl.DataFrame:
    """Return ``person`` (new) and ``part`` (before): those of several parts that can differ.

    Only people who are ``looked_at``, a mark per new label, for most were joined with nobody.
    Parts of one name count once, unless they hold identifiers that people differ by.
    """
    if not looked_at.any():
        return pl.DataFrame(schema={"person": pl.Int64, "part": pl.Int64})
    held = traits.held.filter(pl.col("id_type").is_in([UNIQUE, *kind.different]))["node"]
    held = held.filter(pl.Series(looked_at[joined[held.to_numpy()]], dtype=pl.Boolean))
    holders = labels_of(held, people).unique().to_frame().with_columns(holds="person")
    named = keys.filter(pl.Series(looked_at[joined[keys["person"].to_numpy()]], dtype=pl.Boolean))
    parts = named.join(holders, on="person", how="full", coalesce=True)
    return (
        parts.lazy()
        .select("key", "holds", labels_of(parts["person"], joined), part="person")
        .group_by("person", "key", "holds")
        .agg(pl.col("part").min())
        .filter(pl.len().over("person") > 1)
        .select("person", "part")
        .collect()
    )
