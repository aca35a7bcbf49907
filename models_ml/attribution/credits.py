"""Credits per campaign or channel and per touch; they add up to the conversions and the revenue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from models_ml.attribution.markov import removal_effects
from models_ml.attribution.path_table import DIRECT, PathTable, paths_from_touches
from models_ml.attribution.touch_weights import RULES, touch_weights

MARKOV = "markov"
MODELS = (*RULES, MARKOV)


def node_credits(paths: PathTable, model: str) -> pl.DataFrame:
    """Return one row per node with its credited conversions and value under ``model``.

    A Markov credit is the node's share of all removal effects, conversions by the effects on
    conversions and value by those on value. Paths of nothing but ``direct`` stay out of the chain:
    their conversions belong to ``direct`` under every model.

    Returns
    -------
    pl.DataFrame
        Columns node, conversions, value; every node of ``paths``, in its order.
    """
    if model == MARKOV:
        conversions, value = _markov(paths)
    else:
        weight = touch_weights(paths, model)
        conversions, value = (
            np.bincount(paths.node, weights=weight * each[paths.path], minlength=len(paths.nodes))
            for each in (paths.conversions, paths.value)
        )
    return pl.DataFrame(
        {"node": list(paths.nodes), "conversions": conversions, "value": value},
        schema={"node": pl.String, "conversions": pl.Float64, "value": pl.Float64},
    )


def touch_credits(touches: pl.DataFrame) -> pl.DataFrame:
    """Return one row per touch and rule model of ``features.campaign_paths``.

    Markov has no row: its credit belongs to a node, not to a touch.

    Returns
    -------
    pl.DataFrame
        Columns path_id, touch_index, attribution_model, conversions, value; credits of a path add
        up to 1 and to its value if it converted, else to 0.
    """
    paths = paths_from_touches(touches)
    keys = touches.select("path_id", "touch_index").sort("path_id", "touch_index")
    frames = []
    for model in RULES:
        weight = touch_weights(paths, model)
        frames.append(
            keys.with_columns(
                pl.lit(model).alias("attribution_model"),
                pl.Series("conversions", weight * paths.conversions[paths.path]),
                pl.Series("value", weight * paths.value[paths.path]),
            )
        )
    return pl.concat(frames)


def _markov(paths: PathTable) -> tuple[np.ndarray, np.ndarray]:
    direct = paths.nodes.index(DIRECT) if DIRECT in paths.nodes else -1
    foreign = np.bincount(
        paths.path, weights=paths.node != direct, minlength=len(paths.length)
    ).astype(bool)
    inside = foreign.astype(float)
    # weight 0 keeps a path out of the chain without rebuilding the table
    chain = replace(
        paths,
        conversions=paths.conversions * inside,
        value=paths.value * inside,
        nulls=paths.nulls * inside,
    )
    effects = removal_effects(chain)
    credit = []
    for effect, all_, chained in (
        (effects.conversion, paths.conversions, chain.conversions),
        (effects.value, paths.value, chain.value),
    ):
        each = effect / effect.sum() * chained.sum() if effect.sum() > 0 else np.zeros(len(effect))
        if direct >= 0:
            each[direct] += (all_ - chained).sum()
        credit.append(each)
    return credit[0], credit[1]
