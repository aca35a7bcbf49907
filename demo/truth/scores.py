"""True chances, segments and causes: a simulated company in, one table each out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.company.churn_chances import silence_probability
from demo.company.customers import STEP
from demo.company.lead_chances import conditional_probability
from demo.company.world import World
from demo.timeline import GRID_DAYS, HORIZON, moment, timestamps

ACTIVE_DAYS = 365
"""Churn is asked about customers with an order within a year before."""


def leads(world: World) -> pl.DataFrame:
    """Return the true chance of every lead and what became of it."""
    table = world.leads.table
    return (
        table.select(
            lead_id=pl.format("crm:{}", "lead_id"),
            person_id="person_id",
            probability="probability",
            mean_delay_days=pl.lit(25.0),
            max_delay_days=pl.lit(90.0),
            created_at=timestamps(table["created"].to_numpy()),
            converts="converted",
        )
        .with_columns(
            converted=pl.col("converts") < HORIZON,
            converts=pl.col("converts").is_not_null(),
        )
        .with_columns(pl.col("converted").fill_null(False))
    )


def lead_probabilities(world: World) -> pl.DataFrame:
    """Return the true chance of converting within 90 days for each as_of and open lead."""
    frames = [
        conditional_probability(world.leads, float(day)).select(
            lead_id=pl.format("crm:{}", "lead_id"),
            as_of=pl.lit(moment(day)),
            probability="probability",
        )
        for day in GRID_DAYS
    ]
    return pl.concat(frames).sort("as_of", "lead_id")


def churn(world: World) -> pl.DataFrame:
    """Return who left when."""
    table = world.customers.table
    return table.select(
        "person_id",
        identifier=pl.format("user_id:shop:{}", "user_id"),
        first_order_at=timestamps(table["start"].to_numpy()),
        left_at=timestamps(table["left"].fill_null(np.nan).to_numpy()),
        mean_days_between_orders="mean_gap",
    )


def churn_probabilities(world: World) -> pl.DataFrame:
    """Return the true chance of no order within 90 days for each as_of and recent customer."""
    chance = silence_probability(world.customers)
    orders = world.customers.orders
    customer, day = orders["customer"].to_numpy(), orders["day"].to_numpy()
    ids = world.customers.table.select(
        "person_id", identifier=pl.format("user_id:shop:{}", "user_id")
    )
    frames = []
    for as_of in GRID_DAYS:
        recent = np.unique(customer[(day < as_of) & (day >= as_of - ACTIVE_DAYS)])
        frames.append(
            ids[recent].with_columns(
                as_of=pl.lit(moment(as_of)), probability=pl.Series(chance[recent, as_of // STEP])
            )
        )
    return pl.concat(frames).sort("as_of", "identifier")


def segments(world: World) -> pl.DataFrame:
    """Return the planted way of buying of every customer."""
    return world.customers.table.select(
        "person_id", identifier=pl.format("user_id:shop:{}", "user_id"), segment="segment"
    )


def campaigns(world: World) -> pl.DataFrame:
    """Return what each campaign really caused.

    ``incremental_leads`` would not have come without it; ``incremental_conversions`` is the sum
    of their true chances. Newsletters cause nothing.
    """
    brought = world.leads.table.filter(pl.col("campaign") >= 0)
    campaign, count = brought["campaign"].to_numpy(), len(world.campaigns)
    share = pl.col("incremental_share")
    # numpy adds in the order of the rows; a parallel group_by would change the last bits
    return world.campaigns.with_columns(
        leads=pl.Series(np.bincount(campaign, minlength=count)),
        expected_conversions=pl.Series(
            np.bincount(campaign, brought["probability"].to_numpy(), minlength=count)
        ),
    ).select(
        campaign_id=pl.format("crm:{}", "campaign_id"),
        name="name",
        channel="channel",
        incremental_share="incremental_share",
        leads="leads",
        expected_conversions="expected_conversions",
        incremental_leads=pl.col("leads") * share,
        incremental_conversions=pl.col("expected_conversions") * share,
    )
