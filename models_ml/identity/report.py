"""Every edge that was looked at, as a table: what was used, what was stopped and why."""

from __future__ import annotations

import polars as pl

_STATED = ["source", "evidence", "first_seen_at", "last_seen_at", "status"]


def edge_report(
    nodes: pl.DataFrame,
    ties: pl.DataFrame,
    stopped: pl.DataFrame,
    same_name: pl.DataFrame,
    links: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per edge, in the order of its identifiers.

    Parameters
    ----------
    nodes
        ``identifier`` and ``kind`` in the order of ``node``, their place.
    stopped
        ``node``, ``kind``, ``reason_code``: identifiers whose ties of that kind do not hold.
    same_name
        ``hub``, ``hub_b``, ``node``, ``kind``: joined by a shared identifier and their names.

    Returns
    -------
    pl.DataFrame
        Columns of ``identity.edges``. ``edge_type`` is the kind of evidence; ``evidence`` the
        entity that states it, followed by the reason code where a guard stopped it.
    """
    status = (
        pl.when(pl.col("reason_code").is_null()).then(pl.lit("used")).otherwise(pl.lit("stopped"))
    )
    tied = ties.join(stopped, on=["node", "kind"], how="left").select(
        *_ends("hub", "node"),
        edge_type="kind",
        source="source",
        evidence=pl.concat_str("evidence", "reason_code", separator=": ", ignore_nulls=True),
        first_seen_at="first_seen_at",
        last_seen_at="last_seen_at",
        status=status,
    )
    by_name = same_name.select(
        *_ends("hub", "hub_b"),
        pl.col("kind").alias("edge_type") + "_and_name",
        "source",
        _identifier(nodes, same_name["node"]).alias("evidence"),
        "first_seen_at",
        "last_seen_at",
        status=pl.lit("used"),
    )
    place = nodes.select("identifier", "node", "kind")
    stated = (
        links.group_by("identifier_a", "identifier_b", "edge_type", "source", "evidence")
        .agg(pl.col("first_seen_at").min(), pl.col("last_seen_at").max())
        .join(place, left_on="identifier_a", right_on="identifier")
        .join(place, left_on="identifier_b", right_on="identifier", suffix="_b")
        .with_columns(
            status=pl.when((pl.col("kind") == "blocked") | (pl.col("kind_b") == "blocked"))
            .then(pl.lit("stopped"))
            .otherwise(pl.lit("used"))
        )
        .select(*_ends("node", "node_b"), "edge_type", *_STATED)
    )
    edges = pl.concat([tied, by_name, stated]).sort("a", "b", "edge_type", "source", "evidence")
    return edges.select(
        _identifier(nodes, edges["a"]).alias("identifier_a"),
        _identifier(nodes, edges["b"]).alias("identifier_b"),
        "edge_type",
        *_STATED,
    )


def _ends(left: str, right: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the smaller and the larger of two nodes; nodes are numbered in text order."""
    return pl.min_horizontal(left, right).alias("a"), pl.max_horizontal(left, right).alias("b")


def _identifier(nodes: pl.DataFrame, at: pl.Series) -> pl.Series:
    return nodes["identifier"].gather(at)
