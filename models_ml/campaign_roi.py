"""What each campaign earned and cost under every attribution model: ``crm.campaign_roi``."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from models_ml.attribution.credits import MODELS, node_credits
from models_ml.attribution.path_table import DIRECT, PathTable, UnusablePaths, paths_from_touches
from models_ml.score_contract import CAMPAIGN_ROI, MONEY, conform

NAME = "campaign_roi"
READS = "features.campaign_paths"
COSTS = "features.campaign_costs"
UNIT = 10_000  # of money: 18,4


def campaign_roi(
    paths: pl.DataFrame, costs: pl.DataFrame, *, run_id: str, data_cutoff: datetime
) -> pl.DataFrame:
    """Return one row per campaign and attribution model, and ``direct`` for what has no touch.

    Per model the credited conversions add up to all conversions and the credited revenue to all
    revenue, to the last of its four decimals.

    Parameters
    ----------
    paths
        ``features.campaign_paths``, one row per touch.
    costs
        ``features.campaign_costs``: campaign_id, cost_base (base currency); no cost counts as 0.
    data_cutoff
        Newest moment the paths know of.

    Returns
    -------
    pl.DataFrame
        Columns of ``crm.campaign_roi``. ``roi`` is (revenue - cost) / cost and ``roas`` revenue /
        cost, both null without cost; ``cac`` is cost / conversions, null without conversions;
        ``share`` is the part of all conversions, null if there are none; ``disagreement`` is the
        largest less the smallest share any model gives the campaign.

    Raises
    ------
    UnusablePaths
        If a column is missing, or a path's touch or a campaign's cost occurs twice.
    """
    table = paths_from_touches(paths)
    total_units = _units(table.value)
    conversions = float(table.conversions.sum())
    campaigns = _campaigns(table, _costs(costs))
    frames = []
    for model in MODELS:
        credit = node_credits(table, model)
        units = _whole_units(credit["value"].to_numpy() * UNIT, total_units)
        frames.append(
            campaigns.join(
                credit.select(
                    pl.col("node").alias("campaign_id"),
                    "conversions",
                    pl.Series("units", units, dtype=pl.Int64),
                ),
                on="campaign_id",
                how="left",
            ).with_columns(pl.lit(model).alias("attribution_model"))
        )
    rows = pl.concat(frames).with_columns(
        pl.col("conversions").fill_null(0.0),
        revenue=pl.col("units").fill_null(0) / UNIT,
        cost=pl.col("cost_base").cast(pl.Float64),
    )
    share = pl.col("conversions") / conversions if conversions else pl.lit(None, dtype=pl.Float64)
    rows = rows.with_columns(share=share.clip(0.0, 1.0)).select(
        "campaign_id",
        "attribution_model",
        "conversions",
        (pl.col("units").fill_null(0).cast(pl.Decimal(38, 4)) / UNIT)
        .cast(MONEY)
        .alias("revenue_base"),
        "cost_base",
        _ratio(pl.col("revenue") - pl.col("cost"), pl.col("cost")).alias("roi"),
        _ratio(pl.col("revenue"), pl.col("cost")).alias("roas"),
        _ratio(pl.col("cost"), pl.col("conversions")).round(4).cast(MONEY).alias("cac"),
        "share",
        (pl.col("share").max() - pl.col("share").min()).over("campaign_id").alias("disagreement"),
        pl.lit(data_cutoff).cast(pl.Datetime("us")).alias("data_cutoff"),
        pl.lit(run_id).alias("run_id"),
    )
    return conform(rows, CAMPAIGN_ROI)


def _costs(costs: pl.DataFrame) -> pl.DataFrame:
    absent = [name for name in ("campaign_id", "cost_base") if name not in costs.columns]
    if absent:
        raise UnusablePaths(f"the campaign costs lack the column {', '.join(absent)}")
    twice = costs.filter(pl.col("campaign_id").is_duplicated())
    if twice.height:
        raise UnusablePaths(f"the campaign costs hold {twice['campaign_id'][0]} more than once")
    return costs.select(
        pl.col("campaign_id").cast(pl.String), pl.col("cost_base").cast(MONEY).fill_null(0)
    )


def _campaigns(table: PathTable, costs: pl.DataFrame) -> pl.DataFrame:
    nodes = pl.DataFrame({"campaign_id": [*table.nodes, DIRECT]}, schema={"campaign_id": pl.String})
    known = pl.concat([nodes, costs.select("campaign_id")]).unique().sort("campaign_id")
    return known.join(costs, on="campaign_id", how="left").with_columns(
        pl.col("cost_base").fill_null(0)
    )


def _units(value: np.ndarray) -> int:
    return int(np.rint(value * UNIT).astype(np.int64).sum())


def _whole_units(credit: np.ndarray, total: int) -> np.ndarray:
    """Round credits to whole units that add up to ``total``: largest remainders round up."""
    floor = np.floor(credit).astype(np.int64)
    missing = total - int(floor.sum())
    if not len(floor):
        return floor
    # a sum of doubles can end a unit above or below, hence the full rounds before the remainder
    every, extra = divmod(missing, len(floor))
    order = np.argsort(-(credit - floor), kind="stable")
    floor += every
    floor[order[:extra]] += 1
    return floor


def _ratio(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    return pl.when(bottom != 0).then(top / bottom)
