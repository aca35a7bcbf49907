"""Who changed the segment, and when: segments of several dates in, the last move of each out."""

from __future__ import annotations

import polars as pl


def segment_moves(scored: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Return previous segment and date of the last change per customer and date.

    Parameters
    ----------
    scored
        customer_id, as_of, segment_id of every date scored now, the newest among them.
    previous
        Published rows: customer_id, as_of, segment_id, changed_at.

    Returns
    -------
    pl.DataFrame
        customer_id, as_of, prev_segment_id (null: none known), changed_at (first date known in
        the present segment).
    """
    known = pl.lit(None, dtype=pl.Datetime("us"))
    history = scored.with_columns(known.alias("known_change"), pl.lit(1).alias("fresh"))
    if previous is not None and not previous.is_empty():
        past = previous.select(
            pl.col("customer_id").cast(pl.String),
            pl.col("as_of").cast(pl.Datetime("us")),
            pl.col("segment_id").cast(pl.Int32),
            pl.col("changed_at").cast(pl.Datetime("us")).alias("known_change"),
            pl.lit(0).alias("fresh"),
        )
        newest = scored["as_of"].max()
        earlier = past.filter(pl.col("as_of") < newest)
        # what was published stays: a date scored afresh only fills in for one that never was
        history = pl.concat(
            [
                history.filter(pl.col("as_of") == newest),
                history.filter(pl.col("as_of") < newest).join(
                    earlier, on="customer_id", how="anti"
                ),
                earlier,
            ]
        )
    before = pl.col("segment_id").shift().over("customer_id", order_by="as_of")
    return (
        history.sort("customer_id", "as_of")
        .with_columns(before.alias("prev_segment_id"))
        .with_columns(
            pl.coalesce(
                "known_change",
                pl.when(pl.col("prev_segment_id").ne_missing(pl.col("segment_id"))).then("as_of"),
            )
            .forward_fill()
            .over("customer_id")
            .alias("changed_at")
        )
        .select("customer_id", "as_of", "prev_segment_id", "changed_at")
    )
