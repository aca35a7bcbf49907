"""What happened to customers in, rows of ``identity.events`` with their cause out."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from models_ml.identity.causes import Causes
from models_ml.identity.moves import Moves

EVENTS = pl.Schema(
    {
        "event_id": pl.String(),
        "event_type": pl.String(),
        "customer_id": pl.String(),
        "other_customer_id": pl.String(),
        "cause": pl.String(),
        "evidence": pl.String(),
        "run_id": pl.String(),
        "occurred_at": pl.Datetime("us"),
    }
)


def events_of(
    moved: Moves, why: Causes, *, run_id: str, at: datetime, events_before: int
) -> pl.DataFrame:
    """Write down every creation, merge, split, retirement and return.

    Returns
    -------
    pl.DataFrame
        Columns of ``EVENTS``: first ``created``, then ``merged``, ``split``, ``retired`` and
        ``returned``, each in the order of the ids.
    """
    nothing = pl.lit(None, dtype=pl.String)
    merges = moved.left_today.filter(pl.col("successor").is_not_null())
    happened = [
        moved.created.select(
            event_type=pl.lit("created"),
            customer_id="customer_id",
            other_customer_id=nothing,
            cause=pl.lit("new_person"),
            evidence="founder_identifier",
        ),
        merges.join(why.merged, on="customer_id", how="left", maintain_order="left").select(
            event_type=pl.lit("merged"),
            customer_id="customer_id",
            other_customer_id="successor",
            cause=pl.col("cause").fill_null("other_founder"),
            evidence="evidence",
        ),
        moved.partings.join(
            why.split, on=["customer_id", "other_customer_id"], how="left", maintain_order="left"
        ).select(
            event_type=pl.lit("split"),
            customer_id="customer_id",
            other_customer_id="other_customer_id",
            cause=pl.col("cause").fill_null("evidence_withdrawn"),
            evidence="evidence",
        ),
        moved.left_today.filter(pl.col("successor").is_null()).select(
            event_type=pl.lit("retired"),
            customer_id="customer_id",
            other_customer_id=nothing,
            cause=pl.lit("names_nobody"),
            evidence=nothing,
        ),
        moved.returned.select(
            event_type=pl.lit("returned"),
            customer_id="customer_id",
            other_customer_id="former_customer_id",
            cause=pl.lit("names_somebody"),
            evidence="founder_identifier",
        ),
    ]
    return (
        pl.concat(happened)
        .with_row_index("number", offset=events_before + 1)
        .select(
            pl.format("e_{}", pl.col("number").cast(pl.String).str.zfill(10)).alias("event_id"),
            "event_type",
            "customer_id",
            "other_customer_id",
            "cause",
            "evidence",
            run_id=pl.lit(run_id),
            occurred_at=pl.lit(at, dtype=pl.Datetime("us")),
        )
    )
