"""What really is the case: a simulated company in, tables to measure the warehouse against out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from demo.company.customers import STEP, silence_probability
from demo.company.leads import conditional_probability
from demo.company.world import World
from demo.timeline import GRID_DAYS, HORIZON, LAST_MOMENT, moment, timestamps

ACTIVE_DAYS = 365
"""Churn is asked about customers with an order within a year before."""


def write_truth(folder: Path, world: World, dirt: pl.DataFrame) -> None:
    """Write every truth table as Parquet below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in truth_tables(world).items():
        table.write_parquet(folder / f"{name}.parquet")
    dirt.write_parquet(folder / "dirt.parquet")


def truth_tables(world: World) -> dict[str, pl.DataFrame]:
    """Return all truth tables by name."""
    return {
        "identity": identities(world),
        "shared_identifiers": shared_identifiers(world),
        "leads": leads(world),
        "lead_probabilities": lead_probabilities(world),
        "churn": churn(world),
        "churn_probabilities": churn_probabilities(world),
        "segments": segments(world),
        "campaigns": campaigns(world),
    }


def shared_identifiers(world: World) -> pl.DataFrame:
    """Return identifiers of several persons: ``identifier``, ``kind``, ``persons``."""
    boards = (
        world.contacts.filter(pl.col("landline").is_not_null())
        .group_by("landline")
        .agg(persons=pl.col("person").n_unique())
        .select(identifier=pl.format("phone:{}", "landline"), kind=pl.lit("switchboard"),
                persons="persons")
    )  # fmt: skip
    roles = world.accounts.select(
        identifier=pl.format("email:info@{}", "domain"),
        kind=pl.lit("role_address"),
        persons=pl.lit(None, pl.UInt32),
    )
    kiosk = (
        world.sessions.filter(pl.col("kind") == "kiosk")
        .group_by("anonymous_id")
        .agg(persons=pl.col("person").n_unique())
        .select(identifier=pl.format("anonymous_id:web:{}", "anonymous_id"),
                kind=pl.lit("shared_device"), persons="persons")
    )  # fmt: skip
    owners = world.people.select("person", owner_phone="phone")
    households = (
        world.shop_accounts.join(owners, on="person", maintain_order="left")
        .filter(pl.col("shop_phone") != pl.col("owner_phone"))
        .select(identifier=pl.format("phone:{}", "shop_phone"), kind=pl.lit("household"),
                persons=pl.lit(2, pl.UInt32))
    )  # fmt: skip
    return pl.concat([boards, roles, kiosk, households]).sort("kind", "identifier")


def identities(world: World) -> pl.DataFrame:
    """Return ``identifier`` and ``person_id`` for everything that belongs to one person only."""
    shop, contacts = world.shop_accounts, world.contacts
    leads = world.leads.table.filter(pl.col("created") < LAST_MOMENT)
    seen = world.known_from < LAST_MOMENT
    known = world.people.filter(pl.Series(seen))
    phones = pl.concat(
        [
            leads.filter("with_phone").select("person", "phone"),
            contacts.select("person", "phone"),
            shop.filter(pl.col("shop_phone") == pl.col("phone")).select("person", "phone"),
            world.calls.select("person", "phone"),
        ]
    )
    devices = world.sessions.filter(pl.col("kind") != "kiosk")
    parts = [
        known.select("person", identifier=pl.format("email:{}", "email")),
        contacts.select("person", identifier=pl.format("email:{}", "email")),
        contacts.filter(pl.col("new_email").is_not_null()).select(
            "person", identifier=pl.format("email:{}", "new_email")
        ),
        phones.select("person", identifier=pl.format("phone:{}", "phone")),
        leads.select("person", identifier=pl.format("lead:crm:{}", "lead_id")),
        contacts.select("person", identifier=pl.format("contact:crm:{}", "contact_id")),
        shop.select("person", identifier=pl.format("contact:shop:{}", "user_id")),
        shop.select("person", identifier=pl.format("user_id:shop:{}", "user_id")),
        devices.select("person", identifier=pl.format("anonymous_id:web:{}", "anonymous_id")),
        world.turns.filter(pl.col("channel") == "chat").select(
            "person", identifier=pl.format("contact:intercom:ic{}", "person")
        ),
        world.slack.users.filter(pl.col("person") >= 0).select(
            "person", identifier=pl.format("contact:slack:{}", "slack_id")
        ),
    ]
    ids = world.people.select("person", "person_id")
    return (
        pl.concat(parts)
        .unique()
        .join(ids, on="person", maintain_order="left")
        .select("identifier", "person_id")
        .sort("identifier")
    )


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
