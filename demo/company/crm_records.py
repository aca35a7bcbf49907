"""CRM records over time: people, accounts, leads, customers in; every version of them out.

Every frame has ``recorded`` (days since the start): the moment the CRM wrote that version.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import stream
from demo.company.people import SWITCHBOARD_FROM
from demo.timeline import LAST_MOMENT

DUPLICATE_SHARE, MOVED_SHARE, HOUSEHOLD_SHARE = 0.04, 0.03, 0.004
PRIVATE_IN_CRM_SHARE = 0.3
SWITCHBOARD_SHARE = 0.6


def lead_versions(leads: pl.DataFrame) -> pl.DataFrame:
    """Return the states of leads: new, working, qualified, converted or closed."""
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
    final = pl.min_horizontal(
        pl.col("converted").fill_null(np.inf), pl.col("closed").fill_null(np.inf)
    )
    # later states keep what earlier ones learned; nothing changes after the end of a lead
    versions = versions.filter(
        (pl.col("recorded") < LAST_MOMENT) & (pl.col("recorded") <= final)
    ).sort("recorded", "lead", "status")
    return versions.with_columns(
        pl.col("responded_seen", "qualified_seen", "converted_seen").forward_fill().over("lead")
    )


def make_contacts(
    seed: int,
    people: pl.DataFrame,
    accounts: pl.DataFrame,
    leads: pl.DataFrame,
    buyers: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per CRM contact: converted leads, business customers, some private ones.

    ``phone`` is the company's switchboard for many people of large companies, ``mobile`` the
    person's own number. Duplicates carry a typing error in name and address and the same mobile.
    Those who moved have a ``new_email`` from ``moved`` on.
    """
    rng = stream(seed, "contacts")
    converted = leads.filter(pl.col("converted") < LAST_MOMENT).select(
        "person", created="converted", lifecycle=pl.lit("opportunity")
    )
    bought = buyers.filter(
        (pl.col("account") >= 0) | pl.Series(rng.random(len(buyers)) < PRIVATE_IN_CRM_SHARE)
    ).select("person", created=pl.col("start") + 0.02, lifecycle=pl.lit("customer"))
    base = (
        pl.concat(
            [converted, bought.filter(~pl.col("person").is_in(converted["person"].implode()))]
        )
        .filter(pl.col("created") < LAST_MOMENT)
        .sort("created", "person")
        .join(people, on="person", maintain_order="left")
    )
    sizes = base.filter(pl.col("account") >= 0).group_by("account").len()
    large = sizes.filter(pl.col("len") >= SWITCHBOARD_FROM / SWITCHBOARD_SHARE)["account"]
    boards = pl.concat([accounts["switchboard"], pl.Series([None], dtype=pl.String)])
    uses_board = base["account"].is_in(large.implode()) & pl.Series(
        rng.random(len(base)) < SWITCHBOARD_SHARE
    )
    base = base.with_columns(
        landline=pl.when(uses_board).then(boards.gather(base["account"] % len(boards))),
        duplicate=pl.lit(False),
        moved=pl.Series(
            np.where(
                rng.random(len(base)) < MOVED_SHARE,
                base["created"].to_numpy() + 20 + rng.random(len(base)) * 200,
                np.nan,
            )
        ).fill_nan(None),
    )
    copies = base.filter(pl.Series(rng.random(len(base)) < DUPLICATE_SHARE)).with_columns(
        created=pl.col("created") + 10, duplicate=pl.lit(True), moved=pl.lit(None, pl.Float64),
        last=pl.col("last").str.slice(0, 2) + pl.col("last").str.slice(3),
        email=_mistyped(pl.col("email")),
    )  # fmt: skip
    both = pl.concat([base, copies.filter(pl.col("created") < LAST_MOMENT)])
    return (
        both.sort("created", "person", "duplicate")
        .with_columns(
            contact_id=pl.format("C{}", pl.int_range(40_001, 40_001 + pl.len())),
            new_email=pl.when(pl.col("moved") < LAST_MOMENT).then(
                pl.format("{}.neu@gmx.example", pl.col("email").str.split("@").list.first())
            ),
        )
        .with_columns(owner=pl.Series(rng.integers(0, 14, len(both))))
    )


def _mistyped(email: pl.Expr) -> pl.Expr:
    # the letter before the @ is doubled: an address that nobody else has
    return email.str.replace("(.)@", "${1}${1}@")


def contact_versions(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return contacts as created, and again with the new address of those who moved."""
    first = contacts.with_columns(recorded="created")
    moved = contacts.filter(pl.col("new_email").is_not_null()).with_columns(
        recorded="moved", email="new_email"
    )
    return pl.concat([first, moved]).sort("recorded", "contact_id")


def account_versions(
    seed: int, accounts: pl.DataFrame, leads: pl.DataFrame, buyers: pl.DataFrame
) -> pl.DataFrame:
    """Return accounts as prospects when first heard of, and again as customers."""
    first_lead = leads.group_by("account").agg(recorded=pl.col("created").min())
    first_order = buyers.group_by("account").agg(recorded=pl.col("start").min())
    prospects = accounts.join(first_lead, on="account", maintain_order="left").with_columns(
        type=pl.lit("prospect")
    )
    customers = accounts.join(first_order, on="account", maintain_order="left").with_columns(
        type=pl.lit("customer")
    )
    both = pl.concat([prospects, customers.with_columns(pl.col("recorded") + 0.01)])
    both = both.filter(pl.col("recorded") < LAST_MOMENT)
    return both.sort("recorded", "account", "type").with_columns(
        created=pl.col("recorded").min().over("account")
    )


def shop_accounts(seed: int, buyers: pl.DataFrame) -> pl.DataFrame:
    """Return the shop's customer records, one version each; some without a phone number.

    A few private customers state the number of somebody they live with.
    """
    rng = stream(seed, "shop accounts")
    count = len(buyers)
    phone = buyers["phone"].to_numpy().copy()
    phone[rng.random(count) < 0.15] = None
    private = np.flatnonzero((buyers["account"] < 0).to_numpy())
    pairs = rng.permutation(private)[: 2 * int(count * HOUSEHOLD_SHARE / 2)].reshape(-1, 2)
    phone[pairs[:, 0]] = buyers["phone"].to_numpy()[pairs[:, 1]]
    return (
        buyers.with_columns(
            shop_phone=pl.Series(phone.tolist(), dtype=pl.String),
            recorded=pl.col("start") - 0.01,
            newsletter=pl.Series(rng.random(count) < 0.6),
        )
        .filter(pl.col("recorded") < LAST_MOMENT)
        .sort("recorded", "customer")
    )
