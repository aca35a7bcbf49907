"""What each campaign earned and cost under every attribution model: ``crm.campaign_roi``."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from models_ml.attribution.bootstrap import bootstrap_interval
from models_ml.attribution.campaign_credits import MEASURES, MODELS, CampaignCredits, read_credits
from models_ml.attribution.path_table import UnusablePaths
from models_ml.attribution.whole_units import UNIT, whole_units
from models_ml.score_contract import CAMPAIGN_ROI, MONEY, conform

NAME = "campaign_roi"
READS = "features.campaign_paths"
CREDITS = "features.campaign_credits"
COSTS = "features.campaign_costs"
DIRECT = "direct"
BOUNDED = ("conversions", "revenue_base")
CREDITED = {
    "campaign_id": pl.String,
    **dict.fromkeys(MEASURES, pl.Float64),
    **{f"{name}_{side}": pl.Float64 for name in BOUNDED for side in ("low", "high")},
}


def campaign_roi(
    paths: pl.DataFrame,
    credit_rows: pl.DataFrame,
    costs: pl.DataFrame,
    *,
    run_id: str,
    data_cutoff: datetime,
) -> pl.DataFrame:
    """Return one row per campaign and attribution model, and ``direct`` for what has no touch.

    Per model the credited conversions add up to all conversions and the credited revenue to all
    revenue, to the last of its four decimals.

    Parameters
    ----------
    paths
        ``features.campaign_paths``, one row per touch.
    credit_rows
        ``features.campaign_credits``: what each customer credits to each campaign by rule.
    costs
        ``features.campaign_costs``: campaign_id, cost_base (base currency); no cost counts as 0.
    data_cutoff
        Newest moment the paths know of.

    Returns
    -------
    pl.DataFrame
        Columns of ``crm.campaign_roi``. ``roi`` is (revenue - cost) / cost and ``roas`` revenue /
        cost, both null without cost; ``cac`` is cost / acquisitions, null without any;
        ``share`` is the part of the conversions that campaigns are credited with, null for direct
        or if there are none; ``disagreement`` is the largest less the smallest share any model
        gives the campaign. ``_low`` and ``_high`` bound the central 95 % over resampled
        customers; they are null for direct, which is no choice of ours.

    Raises
    ------
    UnusablePaths
        If a column is missing, or a path's touch or a campaign's cost occurs twice.
    """
    # sums of doubles depend on the order of the rows, and a database gives them in any
    credit_rows = credit_rows.sort(credit_rows.columns)
    credited = pl.concat(
        [_campaign_rows(read_credits(paths, credit_rows)), _direct_rows(credit_rows)]
    )
    rows = _with_every_campaign(credited, _costs(costs))
    return conform(
        _rated(rows).with_columns(
            pl.lit(data_cutoff).cast(pl.Datetime("us")).alias("data_cutoff"),
            pl.lit(run_id).alias("run_id"),
        ),
        CAMPAIGN_ROI,
    )


def _campaign_rows(credited: CampaignCredits) -> pl.DataFrame:
    totals = credited.totals(np.ones(credited.n_customers))
    interval = bootstrap_interval(credited)
    revenue = MEASURES.index("revenue_base")
    last = totals[MODELS.index("last"), revenue]
    whole = int(np.rint(last * UNIT).astype(np.int64).sum())
    frames = []
    for place, model in enumerate(MODELS):
        columns = {name: totals[place, index] for index, name in enumerate(MEASURES)}
        for name in BOUNDED:
            index = MEASURES.index(name)
            columns[f"{name}_low"] = interval.low[place, index]
            columns[f"{name}_high"] = interval.high[place, index]
        columns["revenue_base"] = whole_units(totals[place, revenue] * UNIT, whole) / UNIT
        frames.append(
            pl.DataFrame({"campaign_id": list(credited.paths.nodes)} | columns, schema=CREDITED)
            .with_columns(pl.lit(model).alias("attribution_model"))
            .fill_nan(None)
        )
    return pl.concat(frames)


def _direct_rows(credit_rows: pl.DataFrame) -> pl.DataFrame:
    """Return what no touch preceded, under every model; the rules all say the same of it."""
    direct = credit_rows.filter(
        pl.col("customer_id").is_null() & (pl.col("attribution_model") == "last")
    ).select("campaign_id", pl.col(MEASURES).cast(pl.Float64))
    bounds = [
        pl.lit(None, pl.Float64).alias(f"{name}_{side}")
        for name in BOUNDED
        for side in ("low", "high")
    ]
    rows = direct.with_columns(bounds).select(*CREDITED)
    models = pl.DataFrame({"attribution_model": MODELS}, schema={"attribution_model": pl.String})
    return rows.join(models, how="cross")


def _with_every_campaign(credited: pl.DataFrame, costs: pl.DataFrame) -> pl.DataFrame:
    """Add the campaigns that cost something and are credited with nothing, and ``direct``."""
    direct = pl.DataFrame({"campaign_id": [DIRECT]})
    campaigns = pl.concat([credited.select("campaign_id"), costs.select("campaign_id"), direct])
    models = pl.DataFrame({"attribution_model": MODELS}, schema={"attribution_model": pl.String})
    bounds = [f"{name}_{side}" for name in BOUNDED for side in ("low", "high")]
    is_new = pl.col("conversions").is_null() & (pl.col("campaign_id") != DIRECT)
    return (
        campaigns.unique()
        .sort("campaign_id")
        .join(models, how="cross")
        .join(credited, on=["campaign_id", "attribution_model"], how="left")
        .join(costs, on="campaign_id", how="left")
        .with_columns(
            pl.col("cost_base").fill_null(0),
            pl.when(is_new).then(0.0).otherwise(pl.col(bounds)).name.keep(),
            pl.when(pl.col("conversions").is_null())
            .then(0.0)
            .otherwise(pl.col("margin_base"))
            .alias("margin_base"),
        )
        .with_columns(pl.col("conversions", "acquisitions", "revenue_base").fill_null(0.0))
    )


def _rated(rows: pl.DataFrame) -> pl.DataFrame:
    cost = pl.col("cost_base").cast(pl.Float64)
    is_campaign = pl.col("campaign_id") != DIRECT
    credited = pl.col("conversions").filter(is_campaign).sum().over("attribution_model")
    rows = rows.with_columns(
        roi=_ratio(pl.col("revenue_base") - cost, cost),
        roi_low=_ratio(pl.col("revenue_base_low") - cost, cost),
        roi_high=_ratio(pl.col("revenue_base_high") - cost, cost),
        roas=_ratio(pl.col("revenue_base"), cost),
        cac=_ratio(cost, pl.col("acquisitions")),
        share=_ratio(pl.col("conversions"), pl.when(is_campaign).then(credited)).clip(0.0, 1.0),
    )
    spread = pl.col("share").max() - pl.col("share").min()
    money = [f"revenue_base{side}" for side in ("", "_low", "_high")] + ["margin_base", "cac"]
    return rows.with_columns(
        spread.over("campaign_id").alias("disagreement"),
        *(pl.col(name).round(4).cast(MONEY) for name in money),
    ).rename({"revenue_base_low": "revenue_low_base", "revenue_base_high": "revenue_high_base"})


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


def _ratio(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    return pl.when(bottom != 0).then(top / bottom)
