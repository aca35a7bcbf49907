"""People in, customers out: the founder of each, and the id that follows from the founder."""

from __future__ import annotations

import hmac

import polars as pl

ID_DIGITS = 16
"""Hexadecimal digits of an id: 64 bits; among a million customers two would share one with a
chance of 3 in 10^8, and that is an error rather than a merge."""


def customer_id(key: bytes, founder: str) -> str:
    """Return the id of the customer that an identifier founded.

    Keyed, so that nobody can find out by trying addresses whose id it is.
    """
    return "c_" + hmac.digest(key, founder.encode(), "sha256").hex()[:ID_DIGITS]


def assign(nodes: pl.DataFrame, not_a_person: tuple[str, ...], key: bytes) -> pl.DataFrame:
    """Give every identifier its customer.

    Parameters
    ----------
    nodes
        ``identifier``, ``id_type``, ``person`` (a label), ``first_seen_at``, ``last_seen_at``, in
        the order of the identifiers.
    not_a_person
        Identifier types that found no customer; people who hold nothing else are left out.

    Returns
    -------
    pl.DataFrame
        ``identifier``, ``id_type``, ``customer_id``, ``founder_identifier``, ``first_seen_at``,
        ``last_seen_at``, in the order of the identifiers. The founder is the identifier seen
        first, the smallest text of several; one whose time is unknown comes last.

    Raises
    ------
    ValueError
        If two founders have one id; another key gives other ids.
    """
    founders = (
        nodes.lazy()
        .filter(~pl.col("id_type").is_in(list(not_a_person)))
        # identifiers are in order, and the sort keeps it
        .sort("person", "first_seen_at", nulls_last=True, maintain_order=True)
        .group_by("person", maintain_order=True)
        .agg(founder_identifier=pl.col("identifier").first())
        .collect()
    )
    ids = [customer_id(key, founder) for founder in founders["founder_identifier"]]
    founders = founders.with_columns(customer_id=pl.Series(ids, dtype=pl.String))
    twice = founders.filter(pl.col("customer_id").is_duplicated())
    if not twice.is_empty():
        raise ValueError(
            f"{twice['customer_id'][0]} would be the id of two customers: resolve with another "
            "identity key; every id changes with it."
        )
    return nodes.join(founders, on="person", maintain_order="left").select(
        "identifier",
        "id_type",
        "customer_id",
        "founder_identifier",
        "first_seen_at",
        "last_seen_at",
    )
