"""Planted mistakes about persons and companies: a simulated company in, one row a pair out."""

from __future__ import annotations

import polars as pl

from demo.company.crm_records import copied_leads
from demo.company.world import World
from demo.timeline import LAST_MOMENT

SECOND_RECORDS = ("typo_name", "typo_email", "merged_record")
CHANGES = ("changed_email", "changed_surname")


def identity_errors(world: World) -> pl.DataFrame:
    """Return pairs of identifiers that are hard to judge, by kind of mistake.

    Returns
    -------
    DataFrame
        ``kind``, ``identifier``, ``other_identifier``, ``is_one``: the two are one person's.
    """
    contacts = world.contacts
    record = pl.format("contact:crm:{}", "contact_id")
    second = contacts.filter(pl.col("error").is_in(SECOND_RECORDS))
    changed = contacts.filter(pl.col("error").is_in(CHANGES))
    elsewhere = contacts.filter(pl.col("error") == "no_common_identifier").join(
        world.shop_accounts.select("person", "user_id"), on="person"
    )
    roles = contacts.filter(pl.col("error") == "role_address")
    boards = contacts.filter(pl.col("landline").is_not_null()).sort("landline", "person")
    neighbour = boards.with_columns(
        next=record.shift(-1).over("landline"), whose=pl.col("person").shift(-1).over("landline")
    ).filter(pl.col("whose") != pl.col("person"))
    leads = copied_leads(world.seed, world.leads.table).filter(pl.col("merged") < LAST_MOMENT)
    parts = [
        _pairs(second, "error", record, pl.format("contact:crm:{}", "original"), is_one=True),
        _pairs(leads, pl.lit("merged_record"), pl.format("lead:crm:{}", "lead_id"),
               pl.format("lead:crm:{}", "merged_into"), is_one=True),
        _pairs(changed, "error", pl.format("email:{}", "email"), pl.format("email:{}", "new_email"),
               is_one=True),
        _pairs(roles, "error", record, pl.format("email:{}", "own_email"), is_one=True),
        _pairs(elsewhere, "error", record, pl.format("contact:shop:{}", "user_id"), is_one=True),
        _pairs(neighbour, pl.lit("switchboard"), record, pl.col("next"), is_one=False),
        _related(world),
        _kiosk(world),
    ]  # fmt: skip
    return pl.concat(parts).sort("kind", "identifier", "other_identifier")


def organizations(world: World) -> pl.DataFrame:
    """Return whose company record or domain is whose, and what is wrong with a second record.

    Returns
    -------
    DataFrame
        ``identifier``, ``organization_id``, ``error`` (legal_form, spelling, other_domain or null).
    """
    own = pl.format("o{}", pl.col("account").cast(pl.String).str.zfill(6))
    first = world.accounts.with_columns(error=pl.lit(None, pl.String))
    copies = world.account_copies.filter(pl.col("created") < LAST_MOMENT).with_columns(error="kind")
    parts = [
        frame.filter(pl.col(column).is_not_null()).select(
            identifier=pl.format(pattern, column), organization_id=own, error="error"
        )
        for frame in (first, copies)
        for pattern, column in (("account:crm:{}", "account_id"), ("domain:{}", "domain"))
    ]
    return pl.concat(parts).unique("identifier", keep="first", maintain_order=True)


def person_organizations(world: World) -> pl.DataFrame:
    """Return which organization a person works for: ``person_id``, ``organization_id``."""
    return world.people.filter(pl.col("account") >= 0).select(
        "person_id",
        organization_id=pl.format("o{}", pl.col("account").cast(pl.String).str.zfill(6)),
    )


def _pairs(
    frame: pl.DataFrame, kind: str | pl.Expr, one: pl.Expr, other: pl.Expr, *, is_one: bool
) -> pl.DataFrame:
    return frame.select(
        kind=kind, identifier=one, other_identifier=other, is_one=pl.lit(value=is_one)
    )


def _related(world: World) -> pl.DataFrame:
    """Return the pairs of two persons: people of one household, namesakes."""
    shop = world.shop_accounts.select("person", shown=pl.format("contact:shop:{}", "user_id"))
    leads = world.leads.table.filter(pl.col("created") < LAST_MOMENT).select(
        "person", shown=pl.format("lead:crm:{}", "lead_id")
    )
    records = pl.concat([shop, leads]).unique("person", keep="first", maintain_order=True)
    other = records.rename({"person": "other", "shown": "next"})
    both = world.relations.join(records, on="person").join(other, on="other")
    return _pairs(both, pl.col("kind"), pl.col("shown"), pl.col("next"), is_one=False)


def _kiosk(world: World) -> pl.DataFrame:
    leads = world.leads.table.select("person", shown=pl.format("lead:crm:{}", "lead_id"))
    visits = world.sessions.filter(pl.col("kind") == "kiosk").join(
        leads, on="person", maintain_order="left"
    )
    both = visits.with_columns(next=pl.col("shown").shift(-1)).filter(pl.col("next").is_not_null())
    return _pairs(both, pl.lit("kiosk"), pl.col("shown"), pl.col("next"), is_one=False)
