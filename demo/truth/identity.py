"""True persons: a simulated company in, whose identifier is whose out."""

from __future__ import annotations

import polars as pl

from demo.company.crm_records import copied_leads
from demo.company.world import World
from demo.timeline import LAST_MOMENT


def identities(world: World) -> pl.DataFrame:
    """Return ``identifier`` and ``person_id`` for everything that belongs to one person only."""
    shop, contacts = world.shop_accounts, world.contacts
    leads = world.leads.table.filter(pl.col("created") < LAST_MOMENT)
    second_leads = copied_leads(world.seed, leads).filter(pl.col("created") < LAST_MOMENT)
    seen = world.known_from < LAST_MOMENT
    known = world.people.filter(pl.Series(seen))
    phones = pl.concat(
        [
            leads.filter("with_phone").select("person", "phone"),
            contacts.filter(pl.col("phone").is_not_null()).select("person", "phone"),
            shop.filter(pl.col("shop_phone") == pl.col("phone")).select("person", "phone"),
            world.calls.select("person", "phone"),
        ]
    )
    own_address = pl.col("email").is_not_null() & ~pl.col("email").str.starts_with("info@")
    devices = world.sessions.filter(pl.col("kind") != "kiosk")
    parts = [
        known.select("person", identifier=pl.format("email:{}", "email")),
        contacts.filter(own_address).select("person", identifier=pl.format("email:{}", "email")),
        contacts.filter(pl.col("new_email").is_not_null()).select(
            "person", identifier=pl.format("email:{}", "new_email")
        ),
        shop.select("person", identifier=pl.format("email:{}", "shop_email")),
        phones.select("person", identifier=pl.format("phone:{}", "phone")),
        leads.select("person", identifier=pl.format("lead:crm:{}", "lead_id")),
        second_leads.select("person", identifier=pl.format("lead:crm:{}", "lead_id")),
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
        # what two persons use is nobody's alone
        .filter(pl.len().over("identifier") == 1)
        .join(ids, on="person", maintain_order="left")
        .select("identifier", "person_id")
        .sort("identifier")
    )


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
    devices = (
        world.sessions.group_by("anonymous_id")
        .agg(persons=pl.col("person").n_unique(), kiosk=(pl.col("kind") == "kiosk").any())
        .filter(pl.col("kiosk") | (pl.col("persons") > 1))
        .select(
            identifier=pl.format("anonymous_id:web:{}", "anonymous_id"),
            kind=pl.when("kiosk").then(pl.lit("kiosk")).otherwise(pl.lit("shared_device")),
            persons="persons",
        )
    )
    owners = world.people.select("person", owner_phone="phone")
    households = (
        world.shop_accounts.join(owners, on="person", maintain_order="left")
        .filter(pl.col("shop_phone") != pl.col("owner_phone"))
        .select(identifier=pl.format("phone:{}", "shop_phone"), kind=pl.lit("household_phone"),
                persons=pl.lit(2, pl.UInt32))
    )  # fmt: skip
    return pl.concat([boards, roles, devices, households]).sort("kind", "identifier")
