"""What marketing really causes: a simulated company in, exposures and causes out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.company.world import World
from demo.timeline import timestamps


def first_orders(world: World) -> pl.DataFrame:
    """Return what brought each customer who never was a lead, and whether it was the cause.

    Without ``campaign_id`` nothing did; ``is_incremental`` says that the order would not have come
    without the campaign.
    """
    ids = world.campaigns.select("campaign", campaign_id=pl.format("crm:{}", "campaign_id"))
    people = world.people.select("person", "person_id")
    orders = world.orders.table.filter(pl.col("rank") == 0).select(
        "customer", order_id=pl.format("shop:{}", "order_id")
    )
    brought = world.first_orders
    return (
        brought.with_columns(timestamps(brought["start"].to_numpy(), "ordered_at"))
        .join(people, on="person", maintain_order="left")
        .join(orders, on="customer", how="left", maintain_order="left")
        .join(ids, on="campaign", how="left", maintain_order="left")
        .select("person_id", "order_id", "ordered_at", "campaign_id", "is_incremental")
    )


def experiment_units(world: World) -> pl.DataFrame:
    """Return every device in an experiment: its variant, and whether it put something in a cart."""
    shown = world.sessions.filter(pl.col("experiment") >= 0)
    return shown.select(
        "experiment", "variant",
        anonymous_id=pl.format("anonymous_id:web:{}", "anonymous_id"),
        shown_at=timestamps(shown["day"].to_numpy()),
        converted="carted",
    )  # fmt: skip


def campaign_first_orders(world: World) -> pl.DataFrame:
    """Return per campaign how many first orders it preceded and how many it caused."""
    brought = world.first_orders.filter(pl.col("campaign") >= 0)
    campaign, count = brought["campaign"].to_numpy(), len(world.campaigns)
    caused = campaign[brought["is_incremental"].to_numpy()]
    return world.campaigns.select(
        campaign_id=pl.format("crm:{}", "campaign_id"),
        channel="channel",
        first_orders=pl.Series(np.bincount(campaign, minlength=count)),
        incremental_first_orders=pl.Series(np.bincount(caused, minlength=count)),
    )
