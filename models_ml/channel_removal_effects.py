"""What is lost without a channel, by chains of order 1 to 3: ``crm.channel_removal_effects``."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from models_ml.attribution.credits import ORDERS, node_shares
from models_ml.attribution.path_table import paths_from_touches
from models_ml.score_contract import CHANNEL_REMOVAL_EFFECTS, conform

NAME = "channel_removal_effects"
READS = "features.campaign_paths"


def channel_removal_effects(
    paths: pl.DataFrame, *, run_id: str, data_cutoff: datetime
) -> pl.DataFrame:
    """Return one row per channel and order of the chain.

    Parameters
    ----------
    paths
        ``features.campaign_paths``, one row per touch.
    data_cutoff
        Newest moment the paths know of.

    Raises
    ------
    UnusablePaths
        If a column is missing, a touch occurs twice or has no channel, or there are too many
        states to solve.
    """
    table = paths_from_touches(paths, "channel")
    frames = [
        node_shares(table, model).with_columns(attribution_model=pl.lit(model)) for model in ORDERS
    ]
    rows = pl.concat(frames).select(
        pl.col("node").alias("channel"),
        "attribution_model",
        pl.col("removal_effect", "value_removal_effect", "conversion_share", "value_share").clip(
            0.0, 1.0
        ),
        pl.lit(data_cutoff).cast(pl.Datetime("us")).alias("data_cutoff"),
        pl.lit(run_id).alias("run_id"),
    )
    return conform(rows, CHANNEL_REMOVAL_EFFECTS)
