"""What is known of the people found so far, and which of them cannot be one."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from models_ml.identity.graph import Labels
from models_ml.identity.guards import Kind
from models_ml.identity.names import agreement, folded
from models_ml.identity.organizations import core_name
from models_ml.identity.similarity import jaro_winkler

UNLIKE = 0.8
"""Jaro-Winkler similarity below which two first names are two of a household."""

UNIQUE = "unique"
"""Type under which identifiers of ``Guards.unique`` are held, their own type the namespace."""

AGREE, DIFFER, UNKNOWN = "agree", "differ", "unknown"


@dataclass(frozen=True, slots=True)
class Traits:
    """Traits of single nodes.

    Parameters
    ----------
    names
        ``node``, ``first``, ``last`` (folded), ``birth_date``.
    held
        ``node``, ``id_type``, ``namespace`` of identifiers that people can differ by.
    """

    names: pl.DataFrame
    held: pl.DataFrame


def traits(persons: pl.DataFrame, nodes: pl.DataFrame, unique: tuple[str, ...] = ()) -> Traits:
    """Collect the traits of all nodes.

    Parameters
    ----------
    persons
        Columns of ``evidence.PERSONS``.
    nodes
        ``identifier``, ``node``, ``kind``.
    unique
        ``Guards.unique``.
    """
    account = pl.col("identifier").str.starts_with("account:")
    company = core_name(pl.col("last_name"))
    first, last = folded(pl.col("first_name")), folded(pl.col("last_name"))
    if persons["identifier"].str.starts_with("account:").any():
        # a company has one name: where one of two must agree, it must
        first, last = (pl.when(account).then(company).otherwise(name) for name in (first, last))
    names = (
        persons.lazy()
        .join(nodes.lazy().select("identifier", "node"), on="identifier")
        .select(
            "node",
            "birth_date",
            first=first,
            last=last,
        )
        .filter(pl.any_horizontal(pl.col("first", "last").is_not_null()))
        .unique()
        .collect()
    )
    namespace = pl.col("identifier").str.extract(r"^[^:]*:([^:]*):", 1)
    system = pl.col("identifier").str.extract(r"^([^:]*:[^:]*):", 1)
    of_unique = pl.coalesce(
        *(pl.when(name.is_in(list(unique))).then(name) for name in (pl.col("kind"), system))
    )
    held = nodes.select(
        "node",
        id_type=pl.when(of_unique.is_not_null())
        .then(pl.lit(UNIQUE))
        .when(pl.col("kind").is_in(["user_id", "email"]))
        .then(pl.col("kind")),
        namespace=of_unique.fill_null(
            pl.when(pl.col("kind") == "user_id").then(namespace).otherwise(pl.lit(""))
        ),
    ).drop_nulls("id_type")
    return Traits(names, held)


def name_keys(traits: Traits, people: Labels) -> pl.DataFrame:
    """Return ``person`` and ``key`` of all people with a name.

    People of one key are of one name to the letter; a source that makes a new lead of every
    form sent has hundreds of one person, who are compared and counted once. A unique identifier
    tells apart even those.
    """
    stated = pl.concat_str(
        pl.col("first", "last").fill_null(""),
        pl.col("birth_date").cast(pl.String).fill_null(""),
        separator="|",
    )
    keys = (
        traits.names.lazy()
        .with_columns(person=labels_of(traits.names["node"], people), key=stated)
        .group_by("person")
        .agg(pl.col("key").min())
        .collect()
    )
    numbered = traits.held.filter(pl.col("id_type") == UNIQUE)
    if numbered.is_empty():
        return keys
    numbers = (
        numbered.with_columns(person=labels_of(numbered["node"], people))
        .group_by("person")
        .agg(number=pl.col("node").min().cast(pl.String))
    )
    return keys.join(numbers, on="person", how="left").select(
        "person", key=pl.concat_str("key", "number", separator="|", ignore_nulls=True)
    )


def labels_of(nodes: pl.Series, people: Labels) -> pl.Series:
    """Return the label of each node's person."""
    return pl.Series("person", people[nodes.to_numpy()], dtype=pl.Int64)


def compare(pairs: pl.DataFrame, traits: Traits, people: Labels, kind: Kind) -> pl.DataFrame:
    """Judge whether two people can be one, by the rule of a kind of evidence.

    Parameters
    ----------
    pairs
        ``a`` and ``b``, labels in ``people``, each pair once.

    Returns
    -------
    pl.DataFrame
        ``a``, ``b`` and ``verdict``: ``agree``, ``differ`` or ``unknown``.
    """
    if pairs.is_empty() or kind.names == "ignore":
        verdicts = pairs.with_columns(verdict=pl.lit(UNKNOWN))
    else:
        verdicts = (
            pairs.lazy()
            .join(_by_name(pairs, traits, people, kind).lazy(), on=["a", "b"], how="left")
            .with_columns(pl.col("verdict").fill_null(UNKNOWN))
            .collect()
        )
    if pairs.is_empty():
        return verdicts
    held = traits.held.filter(pl.col("id_type").is_in([UNIQUE, *kind.different]))
    if held.is_empty():
        return verdicts
    clash = _holders_of_other_values(pairs, held, people)
    return verdicts.join(clash, on=["a", "b"], how="left").select(
        "a",
        "b",
        verdict=pl.when(pl.col("unique") | ((pl.col("verdict") == UNKNOWN) & ~pl.col("unique")))
        .then(pl.lit(DIFFER))
        .otherwise(pl.col("verdict")),
    )


def _by_name(pairs: pl.DataFrame, traits: Traits, people: Labels, kind: Kind) -> pl.DataFrame:
    """Return the verdict of the names; of several names of one person the best counts."""
    wanted = pl.concat([pairs["a"], pairs["b"]]).unique()
    names = (
        traits.names.lazy()
        .with_columns(person=labels_of(traits.names["node"], people))
        .filter(pl.col("person").is_in(wanted.implode()))
        .select("person", "first", "last", birth="birth_date")
        .unique()
    )
    of_a, of_b = (
        names.select(pl.col("person").alias(end), pl.exclude("person").name.suffix(f"_{end}"))
        for end in ("a", "b")
    )
    judged = agreement(pairs.lazy().join(of_a, on="a").join(of_b, on="b").collect())
    if kind.names == "scored":
        stated = judged.select(pl.col("first_a", "first_b").fill_null("")).get_columns()
        unlike = jaro_winkler(*(column.to_list() for column in stated)) < UNLIKE
        judged = judged.with_columns(unlike=pl.Series(unlike, dtype=pl.Boolean))
    first, last = pl.col("first"), pl.col("last")
    if kind.names == "one_agrees":
        agree, differ = first.fill_null(False) | last.fill_null(False), ~first & ~last
    else:
        agree = first & last & ~_born_apart()
        differ = ~first | ~last | _born_apart()
        if kind.names == "scored":
            # of one household; that others differ is in the score, as is every slip
            differ = ~first & last & _decades_apart() & pl.col("unlike")
    return (
        judged.lazy()
        .group_by("a", "b")
        .agg(agree=agree.fill_null(False).any(), differ=differ.fill_null(False).any())
        .select(
            "a",
            "b",
            verdict=pl.when("agree")
            .then(pl.lit(AGREE))
            .when("differ")
            .then(pl.lit(DIFFER))
            .otherwise(pl.lit(UNKNOWN)),
        )
        .collect()
    )


def _decades_apart() -> pl.Expr:
    """Return whether two birth dates are ten years apart; what is not stated may be."""
    days = (pl.col("birth_a") - pl.col("birth_b")).dt.total_days().abs()
    return (days > 3700).fill_null(True)


def _born_apart() -> pl.Expr:
    """Return whether two birth dates are two people's.

    A slip changes one part of a date, or swaps day and month.
    """
    a, b = pl.col("birth_a").dt, pl.col("birth_b").dt
    same_parts = (
        (a.year() == b.year()).cast(pl.Int8)
        + (a.month() == b.month()).cast(pl.Int8)
        + (a.day() == b.day()).cast(pl.Int8)
    )
    swapped = (a.year() == b.year()) & (a.month() == b.day()) & (a.day() == b.month())
    return ((same_parts < 2) & ~swapped).fill_null(False)


def _holders_of_other_values(
    pairs: pl.DataFrame, held: pl.DataFrame, people: Labels
) -> pl.DataFrame:
    """Return the pairs in which both hold identifiers of one type and namespace.

    No value can be the same: one identifier is one node, and that node is in one person.
    ``unique`` says that one of the types is unique.
    """
    wanted = pl.concat([pairs["a"], pairs["b"]]).unique()
    holders = (
        held.lazy()
        .with_columns(person=labels_of(held["node"], people))
        .filter(pl.col("person").is_in(wanted.implode()))
        .select("person", "id_type", "namespace")
        .unique()
    )
    return (
        pairs.lazy()
        .join(holders, left_on="a", right_on="person")
        .join(
            holders,
            left_on=["b", "id_type", "namespace"],
            right_on=["person", "id_type", "namespace"],
        )
        .group_by("a", "b")
        .agg(unique=(pl.col("id_type") == UNIQUE).any())
        .collect()
    )
