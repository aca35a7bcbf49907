"""What records state of people in, numbered traits out: names, birth dates, what sets apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.identity.folding import folded
from models_ml.identity.groups import Marks, Numbers
from models_ml.identity.names import Names, numbered_names
from models_ml.identity.organizations import core_name

UNIQUE = "unique"
"""Type under which identifiers of ``Guards.unique`` are held, their own type the namespace."""

_HELD = (UNIQUE, "user_id", "email")
"""Types of identifiers that people can differ by."""

_OF_A_COUNTRY = r"^[A-Z]{2,3}([0-9].*)$"
"""A tax number after the letters of its country, which one system writes and another does not."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Traits of single nodes.

    Parameters
    ----------
    node, key
        Which node states which of ``names``.
    names
        Every different name with its birth date, numbered in text order.
    held_node, held_slot, held_type, held_value
        Identifiers that people can differ by: the node, the number of type and namespace,
        the place of the type in ``_HELD``, and what is held there.
    """

    node: Numbers
    key: Numbers
    names: Names
    held_node: Numbers
    held_slot: Numbers
    held_type: Numbers
    held_value: Numbers

    def sets_apart(self, different: tuple[str, ...]) -> Marks:
        """Mark the held identifiers that are unique or of one of these types."""
        wanted = [place for place, name in enumerate(_HELD) if name in (UNIQUE, *different)]
        marks: Marks = np.isin(self.held_type, wanted)
        return marks

    def among(self, place: Numbers) -> Traits:
        """Return the traits of some of the nodes, which are numbered anew.

        Parameters
        ----------
        place
            The new number of every node, -1 for those that are left out.
        """
        stated, held = place[self.node] >= 0, place[self.held_node] >= 0
        return Traits(
            place[self.node[stated]],
            self.key[stated],
            self.names,
            place[self.held_node[held]],
            self.held_slot[held],
            self.held_type[held],
            self.held_value[held],
        )

    def is_unique(self) -> Marks:
        """Mark the held identifiers that are unique."""
        marks: Marks = self.held_type == _HELD.index(UNIQUE)
        return marks


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
    company = core_name(pl.when(account).then(pl.col("last_name")))
    first, last = folded(pl.col("first_name")), folded(pl.col("last_name"))
    if persons["identifier"].str.starts_with("account:").any():
        # a company has one name: where one of two must agree, it must
        first, last = (pl.when(account).then(company).otherwise(name) for name in (first, last))
    stated = (
        persons.lazy()
        .join(nodes.lazy().select("identifier", "node"), on="identifier")
        .select("node", "birth_date", first=first, last=last)
        .filter(pl.any_horizontal(pl.col("first", "last").is_not_null()))
        .unique()
        .collect()
    )
    key, names = numbered_names(stated)
    held = _held(nodes, unique)
    return Traits(
        stated["node"].to_numpy(),
        key,
        names,
        held["node"].to_numpy(),
        held["slot"].to_numpy(),
        held["held_type"].to_numpy(),
        held["held_value"].to_numpy(),
    )


def _held(nodes: pl.DataFrame, unique: tuple[str, ...]) -> pl.DataFrame:
    """Return ``node``, ``slot``, ``held_type`` and ``held_value`` of what people can differ by.

    A tax number is held twice, without the letters of its country and, where it has some, with
    them: two that are one but for letters that only one of them has are no contradiction.
    """
    namespace = pl.col("identifier").str.extract(r"^[^:]*:([^:]*):", 1)
    system = pl.col("identifier").str.extract(r"^([^:]*:[^:]*):", 1)
    of_unique = pl.coalesce(
        *(pl.when(name.is_in(list(unique))).then(name) for name in (pl.col("kind"), system))
    )
    types = {name: place for place, name in enumerate(_HELD)}
    tax_number = pl.col("identifier").str.slice(len("tax_number:"))
    held = (
        nodes.lazy()
        .select(
            "node",
            number=pl.when(pl.col("kind") == "tax_number").then(tax_number),
            held_value=pl.col("node").cast(pl.Int64),
            id_type=pl.when(of_unique.is_not_null())
            .then(pl.lit(UNIQUE))
            .when(pl.col("kind").is_in(["user_id", "email"]))
            .then(pl.col("kind")),
            namespace=of_unique.fill_null(
                pl.when(pl.col("kind") == "user_id").then(namespace).otherwise(pl.lit(""))
            ),
        )
        .drop_nulls("id_type")
        .collect()
    )
    numbers = held.filter(pl.col("number").is_not_null())
    if not numbers.is_empty():
        bare = pl.col("number").str.extract(_OF_A_COUNTRY, 1)
        without = numbers.with_columns(
            held_value=pl.coalesce(bare, "number").hash().reinterpret(signed=True),
            namespace=pl.col("namespace") + "|",
        )
        of_a_country = numbers.filter(bare.is_not_null())
        held = pl.concat([held.filter(pl.col("number").is_null()), without, of_a_country])
    return (
        held.lazy()
        .select(
            "node",
            "held_value",
            slot=pl.concat_str("id_type", pl.lit("|"), "namespace", ignore_nulls=True)
            .rank("dense")
            .cast(pl.Int64),
            held_type=pl.col("id_type").replace_strict(types, return_dtype=pl.Int64),
        )
        .collect()
    )
