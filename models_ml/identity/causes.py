"""Why customers merged and split: the edges that now join them, the edges that no longer do."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_LISTED = 3
"""Edges shown as the evidence of an event; identity.edges has them all."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Causes per customer.

    Parameters
    ----------
    merged
        ``customer_id``, ``cause``, ``evidence``: edges between what was this customer's and
        what was not.
    split
        ``customer_id``, ``other_customer_id``, ``cause``, ``evidence``: edges that a guard
        stopped between what stayed and what left.
    """

    merged: pl.DataFrame
    split: pl.DataFrame


_CAUSE = {"cause": pl.String(), "evidence": pl.String()}

NO_CAUSES = Causes(
    pl.DataFrame(schema={"customer_id": pl.String(), **_CAUSE}),
    pl.DataFrame(schema={"customer_id": pl.String(), "other_customer_id": pl.String(), **_CAUSE}),
)
"""Nothing merged, nothing split: the usual day."""


def causes(
    identifier_map: pl.DataFrame,
    edges: pl.DataFrame,
    assignment: pl.DataFrame,
    customers: pl.Series,
) -> Causes:
    """Look for the edges behind the difference between the ledger and today.

    Parameters
    ----------
    identifier_map
        The ledger's, before the run.
    edges, assignment
        Those of ``Resolution``.
    customers
        Whose causes are wanted, as they were before the run.
    """
    was = identifier_map.filter("is_current").select("identifier", was="customer_id")
    theirs = was.filter(pl.col("was").is_in(customers.implode()))["identifier"].implode()
    edges = edges.filter(pl.any_horizontal(pl.col("identifier_a", "identifier_b").is_in(theirs)))
    now = assignment.select("identifier", now="customer_id")
    both = was.join(now, on="identifier", how="full", coalesce=True).lazy()
    placed = (
        edges.lazy()
        .select("identifier_a", "identifier_b", "edge_type", "evidence", "status")
        .join(both, left_on="identifier_a", right_on="identifier", how="left")
        .join(both, left_on="identifier_b", right_on="identifier", how="left", suffix="_b")
        .with_columns(shown=pl.format("{} ~ {}", "identifier_a", "identifier_b"))
    )
    across = placed.filter((pl.col("status") == "used") & pl.col("was").ne_missing(pl.col("was_b")))
    ends = [
        across.select(customer_id=end, cause="edge_type", shown="shown") for end in ("was", "was_b")
    ]
    merged = pl.concat(ends).drop_nulls("customer_id").group_by("customer_id")
    apart = placed.filter(
        (pl.col("status") == "stopped")
        & (pl.col("was") == pl.col("was_b"))
        & (pl.col("now") != pl.col("now_b"))
    ).with_columns(
        cause=pl.coalesce(
            pl.col("evidence").str.extract(r": (\w+)$", 1),
            pl.col("evidence").str.extract(r'"stopped_by": "(\w+)"', 1),
        )
    )
    parted = pl.concat(
        [
            apart.select("cause", "shown", customer_id="was", other_customer_id=end)
            for end in ("now", "now_b")
        ]
    ).group_by("customer_id", "other_customer_id")
    listed = [
        pl.col("cause").unique().sort().str.join(", "),
        pl.col("shown").unique().sort().head(_LISTED).str.join("; ").alias("evidence"),
    ]
    return Causes(merged.agg(listed).collect(), parted.agg(listed).collect())
