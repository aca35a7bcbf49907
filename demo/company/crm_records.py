"""CRM records over time: people, accounts, leads, customers in; every version of them out.

Every frame has ``recorded`` (days since the start): the moment the CRM wrote that version.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import stream
from demo.company.people import ascii_fold
from demo.company.relations import of_kind
from demo.names import FREEMAIL
from demo.timeline import LAST_MOMENT

COPIED_LEADS_SHARE, DELETED_LEADS_SHARE = 0.012, 0.01
"""Of all leads: entered twice, the second record merged into the first; of those not converted."""


def lead_versions(seed: int, leads: pl.DataFrame) -> pl.DataFrame:
    """Return the states of leads: new, working, qualified, converted, closed, deleted, merged."""
    rng = stream(seed, "lead records")
    none = pl.lit(None, pl.Float64)
    blank = leads.with_columns(
        responded_seen=none, qualified_seen=none, converted_seen=none, status=pl.lit("new")
    )
    working = blank.with_columns(
        recorded="responded", responded_seen="responded", status=pl.lit("working")
    ).filter(pl.col("recorded").is_not_null())
    qualified = blank.with_columns(
        recorded="qualified", qualified_seen="qualified", status=pl.lit("qualified")
    )
    converted = blank.with_columns(
        recorded="converted", converted_seen="converted", status=pl.lit("converted")
    )
    closed = blank.with_columns(recorded="closed", status=pl.lit("unqualified"))
    versions = pl.concat(
        [
            blank.with_columns(recorded="created"),
            working,
            qualified.filter(pl.col("recorded").is_not_null()),
            converted.filter(pl.col("recorded").is_not_null()),
            closed.filter(pl.col("recorded").is_not_null()),
        ]
    )
    # some colleagues delete what came to nothing instead of closing it
    removed = pl.Series(rng.random(len(leads)) < DELETED_LEADS_SHARE).gather(versions["lead"])
    versions = versions.with_columns(
        deleted=removed & (pl.col("status") == "unqualified"),
        merged_into=pl.lit(None, pl.String),
    )
    final = pl.min_horizontal(
        pl.col("converted").fill_null(np.inf), pl.col("closed").fill_null(np.inf)
    )
    # later states keep what earlier ones learned; nothing changes after the end of a lead
    versions = versions.filter(pl.col("recorded") <= final)
    return (
        pl.concat([versions, _second_leads(seed, blank).select(versions.columns)])
        .filter(pl.col("recorded") < LAST_MOMENT)
        .sort("recorded", "lead", "lead_id", "status")
        .with_columns(
            pl.col("responded_seen", "qualified_seen", "converted_seen")
            .forward_fill()
            .over("lead_id")
        )
    )


def copied_leads(seed: int, leads: pl.DataFrame) -> pl.DataFrame:
    """Return the second records of leads who filled in a form twice, without a phone number."""
    rng = stream(seed, "copied leads")
    twice = leads.filter(pl.Series(rng.random(len(leads)) < COPIED_LEADS_SHARE))
    return twice.with_columns(
        merged_into="lead_id",
        lead_id=pl.format("L{}", 900_001 + pl.int_range(pl.len())),
        created=pl.col("created") + 0.3 + pl.Series(3 * rng.random(len(twice))),
        merged=pl.col("created") + 4 + pl.Series(14 * rng.random(len(twice))),
        with_phone=pl.lit(value=False),
    )


def _second_leads(seed: int, leads: pl.DataFrame) -> pl.DataFrame:
    copies = copied_leads(seed, leads)
    return pl.concat(
        [
            copies.with_columns(recorded="created", deleted=pl.lit(value=False)),
            copies.with_columns(recorded="merged", deleted=pl.lit(value=True)),
        ]
    )


def account_versions(
    accounts: pl.DataFrame, copies: pl.DataFrame, leads: pl.DataFrame, buyers: pl.DataFrame
) -> pl.DataFrame:
    """Return accounts as prospects when first heard of, as customers, and as merged away."""
    first_lead = leads.group_by("account").agg(recorded=pl.col("created").min())
    first_order = buyers.group_by("account").agg(recorded=pl.col("start").min())
    prospects = accounts.join(first_lead, on="account", maintain_order="left").with_columns(
        type=pl.lit("prospect")
    )
    customers = accounts.join(first_order, on="account", maintain_order="left").with_columns(
        type=pl.lit("customer")
    )
    both = pl.concat([prospects, customers.with_columns(pl.col("recorded") + 0.01)])
    both = both.with_columns(
        created=pl.col("recorded").min().over("account"),
        deleted=pl.lit(value=False),
        merged_into=pl.lit(None, pl.String),
    )
    second = copies.with_columns(
        recorded="created", type=pl.lit("prospect"), deleted=pl.lit(value=False)
    )
    merged = second.filter(pl.col("merged").is_not_null()).with_columns(
        recorded="merged", deleted=pl.lit(value=True)
    )
    every = pl.concat([both, second.select(both.columns), merged.select(both.columns)])
    return every.filter(pl.col("recorded") < LAST_MOMENT).sort("recorded", "account_id", "type")


def account_known_from(
    accounts: pl.DataFrame, leads: pl.DataFrame, buyers: pl.DataFrame
) -> np.ndarray:
    """Return the day of the first lead or order of each account, infinite without any."""
    known = np.full(len(accounts), np.inf)
    for frame, day in ((leads, "created"), (buyers, "start")):
        business = frame.filter(pl.col("account") >= 0)
        np.minimum.at(known, business["account"].to_numpy(), business[day].to_numpy())
    return known


def shop_accounts(
    seed: int, buyers: pl.DataFrame, contacts: pl.DataFrame, relations: pl.DataFrame
) -> pl.DataFrame:
    """Return the shop's customer records, one version each; some without a phone number.

    Some state the number of somebody they live with; some buy under an address that the CRM does
    not have.
    """
    rng = stream(seed, "shop accounts")
    count = len(buyers)
    phone = buyers["phone"].to_numpy().copy()
    phone[rng.random(count) < 0.15] = None
    row_of = np.full(int(buyers["person"].max() or 0) + 1, -1)  # type: ignore[arg-type]
    row_of[buyers["person"].to_numpy()] = np.arange(count)
    borrower, lender = of_kind(relations, "household_phone")
    phone[row_of[borrower]] = buyers["phone"].to_numpy()[row_of[lender]]
    mailbox = pl.Series(rng.choice(FREEMAIL, count).astype(str))
    elsewhere = contacts.filter("elsewhere").select("person", "elsewhere")
    private_address = pl.format(
        "{}{}.{}@{}", ascii_fold(pl.col("first").str.slice(0, 1)), ascii_fold(pl.col("last")),
        "person", mailbox,
    )  # fmt: skip
    return (
        buyers.with_columns(shop_phone=pl.Series(phone.tolist(), dtype=pl.String))
        .join(elsewhere, on="person", how="left", maintain_order="left")
        .with_columns(
            pl.col("elsewhere").fill_null(value=False),
            recorded=pl.col("start") - 0.01,
            newsletter=pl.Series(rng.random(count) < 0.6),
        )
        .with_columns(
            shop_phone=pl.when(~pl.col("elsewhere")).then("shop_phone"),
            shop_email=pl.when("elsewhere").then(private_address).otherwise("email"),
        )
        .filter(pl.col("recorded") < LAST_MOMENT)
        .sort("recorded", "customer")
    )
