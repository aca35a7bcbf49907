"""Sightings in, edges out: the strongest identifier of a record tied to each of its others."""

from __future__ import annotations

import polars as pl

_STRENGTH = (
    "record",
    "user_id",
    "tax_number",
    "email",
    "social",
    "domain",
    "phone",
    "mailbox",
    "device",
    "anonymous_id",
    "blocked",
)
"""Which identifier of a record the others are tied to; the weaker end says what the tie is."""

_BLOCKED = _STRENGTH.index("blocked")

_TEXT_BITS = 40


def stars(sightings: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Tie the identifiers of each record together.

    Parameters
    ----------
    sightings
        Columns of ``evidence.SIGHTINGS``.
    nodes
        ``identifier``, ``node`` (its place in text order) and ``kind``.

    Returns
    -------
    pl.DataFrame
        One row per pair, kind, source and entity: ``hub``, ``node``, ``kind``, ``source``,
        ``evidence`` (the entity), ``first_seen_at``, ``last_seen_at``.
    """
    strength = pl.DataFrame(
        {"kind": _STRENGTH, "strength": range(len(_STRENGTH))},
        schema={"kind": pl.String, "strength": pl.Int64},
    )
    place = pl.col("strength") * 2**_TEXT_BITS + pl.col("node")
    return (
        sightings.lazy()
        .with_columns(record_number=pl.col("record").cast(pl.Categorical).to_physical())
        .filter(pl.len().over("record_number") > 1)
        .join(nodes.lazy().select("identifier", "node", "kind"), on="identifier")
        .join(strength.lazy(), on="kind")
        .with_columns(strongest=place.min().over("record_number"))
        # a record of placeholders alone is nobody's; nor does a day that reads one reach it
        .filter(pl.col("strongest") < _BLOCKED * 2**_TEXT_BITS)
        .with_columns(hub=pl.col("strongest") % 2**_TEXT_BITS)
        .filter(pl.col("hub") != pl.col("node"))
        .with_columns(evidence=pl.col("record").str.extract(r"^([^:]*)", 1))
        .group_by("hub", "node", "kind", "source", "evidence")
        .agg(pl.col("first_seen_at").min(), pl.col("last_seen_at").max())
        .collect()
    )
