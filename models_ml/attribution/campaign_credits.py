"""Credits by campaign and model for any weighting of the customers.

Everything is linear in how often a customer counts, or solved from paths that are: one method gives
the totals (everybody once) and those of a bootstrap sample (each as often as drawn).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models_ml.attribution.credits import removal_effects
from models_ml.attribution.effects import shares
from models_ml.attribution.path_table import PathTable, UnusablePaths, paths_from_touches

RULES = ("first", "last", "linear", "position", "time_decay", "shapley")
MARKOV = "markov"
MODELS = (*RULES, MARKOV)
MEASURES = ("conversions", "acquisitions", "revenue_base", "margin_base")
COLUMNS = ("customer_id", "campaign_id", "attribution_model", *MEASURES)


@dataclass(frozen=True)
class _RuleCredits:
    """Credits of one rule, one entry per customer and campaign; measures in their order."""

    campaign: np.ndarray
    customer: np.ndarray
    measures: np.ndarray


@dataclass(frozen=True)
class CampaignCredits:
    """What each customer's touched conversions credit, and the chain of all touched paths.

    Attributes
    ----------
    paths : PathTable
        Paths over campaigns; ``paths.nodes`` are the campaigns.
    rules : dict
        Credits by rule.
    n_customers : int
        Customers with a touch.
    """

    paths: PathTable
    rules: dict[str, _RuleCredits]
    n_customers: int

    def totals(self, weight: np.ndarray) -> np.ndarray:
        """Return the measures by model and campaign, each customer counted ``weight`` times.

        Parameters
        ----------
        weight : ndarray of shape (n_customers,)

        Returns
        -------
        ndarray of shape (n_models, n_measures, n_campaigns)
            A margin is nan where one of its conversions states no cost of goods.
        """
        n = len(self.paths.nodes)
        found = np.zeros((len(MODELS), len(MEASURES), n))
        for place, rule in enumerate(RULES):
            credit = self.rules[rule]
            for measure, values in enumerate(credit.measures):
                weighted = values * weight[credit.customer]
                found[place, measure] = np.bincount(credit.campaign, weights=weighted, minlength=n)
        # every rule hands out the same whole; the chain divides it in another way
        whole = found[RULES.index("last")].sum(axis=1)
        effects = removal_effects(self.paths.weighted(weight[self.paths.customer]))
        by_conversion, by_value = shares(effects.conversion), shares(effects.value)
        parts = (by_conversion, by_conversion, by_value, by_value)
        found[-1] = [all_ * part for all_, part in zip(whole, parts, strict=True)]
        return found


def read_credits(touches: pl.DataFrame, credit_rows: pl.DataFrame) -> CampaignCredits:
    """Read ``features.campaign_paths`` and ``features.campaign_credits``.

    Credits without a customer (conversions that no touch preceded) are left out.

    Raises
    ------
    UnusablePaths
        If a column is missing, a path's touch occurs twice, or a credit belongs to a customer or
        campaign that no path has.
    """
    absent = [name for name in COLUMNS if name not in credit_rows.columns]
    if absent:
        raise UnusablePaths(f"the campaign credits lack the column {', '.join(absent)}")
    paths = paths_from_touches(touches)
    touched = touches.filter(pl.col("touch_index") > 0)["customer_id"].unique().sort()
    customers = pl.DataFrame({"customer_id": touched, "customer": np.arange(len(touched))})
    campaigns = pl.DataFrame(
        {"campaign_id": list(paths.nodes), "campaign": np.arange(len(paths.nodes))},
        schema={"campaign_id": pl.String, "campaign": pl.Int64},
    )
    placed = (
        credit_rows.filter(pl.col("customer_id").is_not_null())
        .with_columns(pl.col(MEASURES).cast(pl.Float64))
        .join(customers, on="customer_id", how="left")
        .join(campaigns, on="campaign_id", how="left")
        .sort("attribution_model", "campaign_id", "customer_id")
    )
    strange = placed.filter(pl.col("customer").is_null() | pl.col("campaign").is_null())
    if strange.height:
        row = strange.row(0, named=True)
        raise UnusablePaths(
            f"no path leads customer {row['customer_id']} over campaign {row['campaign_id']}"
        )
    rules = {}
    for rule in RULES:
        its = placed.filter(pl.col("attribution_model") == rule)
        measures = [its[name].fill_null(np.nan).to_numpy() for name in MEASURES]
        rules[rule] = _RuleCredits(
            its["campaign"].to_numpy(), its["customer"].to_numpy(), np.array(measures)
        )
    return CampaignCredits(paths, rules, len(customers))
