"""Markov models by name: paths in, effects and shares of the credit per node out.

The rules (first, last, linear, position, time decay, Shapley) credit a touch of one conversion and
are SQL: ``marts.fct_attribution``. A Markov credit belongs to a node, because the chain of all
paths decides it and no single path.
"""

from __future__ import annotations

import polars as pl

from models_ml.attribution.effects import RemovalEffects, shares
from models_ml.attribution.higher_order import higher_order_effects
from models_ml.attribution.markov import first_order_effects
from models_ml.attribution.path_table import PathTable

ORDERS = {"markov": 1, "markov_2": 2, "markov_3": 3}


def removal_effects(paths: PathTable, order: int = 1) -> RemovalEffects:
    """Return what removing each node costs in the chain of ``order``."""
    return first_order_effects(paths) if order == 1 else higher_order_effects(paths, order)


def node_shares(paths: PathTable, model: str) -> pl.DataFrame:
    """Return one row per node with its effects and shares under ``model``.

    Returns
    -------
    pl.DataFrame
        Columns node, removal_effect, value_removal_effect, conversion_share, value_share; nodes
        in the order of ``paths``. Shares add up to 1, or are 0 where nothing converts.
    """
    effects = removal_effects(paths, ORDERS[model])
    return pl.DataFrame(
        {
            "node": list(paths.nodes),
            "removal_effect": effects.conversion,
            "value_removal_effect": effects.value,
            "conversion_share": shares(effects.conversion),
            "value_share": shares(effects.value),
        },
        schema={
            "node": pl.String,
            "removal_effect": pl.Float64,
            "value_removal_effect": pl.Float64,
            "conversion_share": pl.Float64,
            "value_share": pl.Float64,
        },
    )
