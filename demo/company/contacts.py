"""CRM contacts and the mistakes in them: people, leads, customers in; every version of them out.

``error`` names what is wrong with a record, so that the truth can tell it:

- typo_name: a second record, the family name mistyped, without an address for mail.
- typo_email: a second record, the address mistyped.
- merged_record: a second record with an old private address, merged into the first later.
- changed_email, changed_surname: the record itself changes.
- role_address: the record has the company's address instead of the person's own.
- no_common_identifier: the shop knows the same person by another address and without a phone.
- switchboard: the record states the company's number, as many of its colleagues' do.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Floats, choose, stream
from demo.company.account_copies import OWN_CONTACTS_SHARE
from demo.company.people import SWITCHBOARD_FROM, ascii_fold
from demo.names import FREEMAIL, LAST
from demo.timeline import LAST_MOMENT

PRIVATE_IN_CRM_SHARE = 0.3
SWITCHBOARD_SHARE = 0.6
COPIES = {"": 0.955, "typo_name": 0.015, "typo_email": 0.015, "merged_record": 0.015}
CHANGES = {"": 0.945, "changed_email": 0.03, "changed_surname": 0.01, "role_address": 0.015}
ELSEWHERE_SHARE = 0.06
"""Of the direct customers in the CRM: those whom the shop knows by another address."""

DELETED_SHARE = 0.01
"""Of the contacts who have not bought."""


def make_contacts(
    seed: int,
    people: pl.DataFrame,
    accounts: pl.DataFrame,
    account_copies: pl.DataFrame,
    leads: pl.DataFrame,
    buyers: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per CRM contact: converted leads, business customers, some private ones.

    ``landline`` is the company's switchboard for many people of large companies, ``phone`` the
    person's own number. From ``moved`` on a record has ``new_email`` and ``new_last``; from
    ``gone`` on it is deleted or merged into ``merged_into``.
    """
    rng = stream(seed, "contacts")
    base = _first_records(rng, people, accounts, leads, buyers)
    base = _with_company(rng, base, account_copies)
    base = _with_changes(rng, base, accounts, set(people["email"]))
    copies = _copies(rng, base)
    both = (
        pl.concat([base, copies.select(base.columns)])
        .filter(pl.col("created") < LAST_MOMENT)
        .sort("created", "person", "duplicate")
    )
    both = both.with_columns(
        contact_id=pl.format("C{}", pl.int_range(40_001, 40_001 + pl.len())),
        owner=pl.Series(rng.integers(0, 14, len(both))),
    )
    firsts = both.filter(~pl.col("duplicate")).select("person", original="contact_id")
    return both.join(firsts, on="person", how="left", maintain_order="left").with_columns(
        merged_into=pl.when(pl.col("error") == "merged_record").then("original")
    )


def _first_records(
    rng: np.random.Generator,
    people: pl.DataFrame,
    accounts: pl.DataFrame,
    leads: pl.DataFrame,
    buyers: pl.DataFrame,
) -> pl.DataFrame:
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
    is_direct = ~base["person"].is_in(leads["person"].implode())
    elsewhere = is_direct & pl.Series(rng.random(len(base)) < ELSEWHERE_SHARE)
    stays = pl.col("lifecycle") == "customer"
    bought_later = pl.col("person").is_in(buyers["person"].implode())
    deleted = (
        pl.Series(rng.random(len(base)) < DELETED_SHARE)
        & ~base.select(gone=stays | bought_later)["gone"]
    )
    return base.with_columns(
        landline=pl.when(uses_board).then(boards.gather(base["account"] % len(boards))),
        duplicate=pl.lit(value=False),
        elsewhere=elsewhere,
        gone=pl.when(deleted).then(pl.col("created") + 60.0),
    )


def _with_company(
    rng: np.random.Generator, base: pl.DataFrame, account_copies: pl.DataFrame
) -> pl.DataFrame:
    second = account_copies.select("account", second_account="account_id", second_from="created")
    hangs = pl.Series(rng.random(len(base)) < OWN_CONTACTS_SHARE)
    return base.join(second, on="account", how="left", maintain_order="left").with_columns(
        second_account=pl.when(hangs & (pl.col("second_from") < pl.col("created"))).then(
            "second_account"
        )
    ).drop("second_from")  # fmt: skip


def _with_changes(
    rng: np.random.Generator, base: pl.DataFrame, accounts: pl.DataFrame, taken: set[str]
) -> pl.DataFrame:
    count = len(base)
    kind = pl.Series(choose(rng, CHANGES, count).astype(str))
    days = pl.Series(20 + rng.random(count) * 200)
    new_last = pl.Series(rng.choice(LAST, count).astype(str))
    domains = pl.concat([accounts["domain"], pl.Series([None], dtype=pl.String)])
    free = (pl.col("gone").is_null()) & ~pl.col("elsewhere")
    frame = base.with_columns(
        change=pl.when(free).then(kind).otherwise(pl.lit("")),
        moved=pl.col("created") + days,
        domain=domains.gather(base["account"] % len(domains)),
    ).with_columns(
        new_email=pl.when(pl.col("change") == "changed_email")
        .then(pl.format("{}.neu@gmx.example", pl.col("email").str.split("@").list.first()))
        .when(pl.col("change") == "changed_surname")
        .then(pl.format("{}.{}@{}", ascii_fold(pl.col("first")), ascii_fold(pl.lit(new_last)),
                        pl.col("email").str.split("@").list.last())),
        new_last=pl.when(pl.col("change") == "changed_surname").then(new_last).otherwise("last"),
    )  # fmt: skip
    moves = (
        pl.col("new_email").is_not_null()
        & (pl.col("moved") < LAST_MOMENT)
        & ~pl.col("new_email").is_in(list(taken))
        & pl.col("new_email").is_first_distinct()
    )
    is_role = (pl.col("change") == "role_address") & pl.col("domain").is_not_null()
    return frame.with_columns(
        moves=moves,
        error=pl.when(moves | is_role).then("change")
        .when("elsewhere").then(pl.lit("no_common_identifier"))
        .when(pl.col("landline").is_not_null()).then(pl.lit("switchboard")),
        own_email="email",
        email=pl.when(is_role).then(pl.format("info@{}", "domain")).otherwise("email"),
    ).with_columns(
        pl.when("moves").then(pl.col("moved", "new_email", "new_last"))
    ).drop("change", "domain", "moves")  # fmt: skip


def _copies(rng: np.random.Generator, base: pl.DataFrame) -> pl.DataFrame:
    sound = base.filter(
        pl.col("new_email").is_null() & pl.col("gone").is_null() & ~pl.col("elsewhere")
        & (pl.col("email") == pl.col("own_email"))
    )  # fmt: skip
    kind = pl.Series(choose(rng, COPIES, len(sound)).astype(str))
    mailbox = pl.Series(rng.choice(FREEMAIL, len(sound)).astype(str))
    until: Floats = 20 + 80 * rng.random(len(sound))
    is_merged = pl.col("error") == "merged_record"
    return (
        sound.with_columns(error=kind, mailbox=mailbox, until=pl.Series(until))
        .filter(pl.col("error") != "")
        .with_columns(
            created=pl.col("created") + 10,
            duplicate=pl.lit(value=True),
            last=pl.when(pl.col("error") == "typo_name")
            .then(pl.col("last").str.slice(0, 2) + pl.col("last").str.slice(3))
            .otherwise("last"),
            email=pl.when(pl.col("error") == "typo_email")
            .then(_mistyped(pl.col("email")))
            .when(is_merged)
            .then(pl.format("alt.{}.{}@{}", ascii_fold(pl.col("last")), "person", "mailbox")),
            phone=pl.when(~is_merged).then("phone"),
            landline=pl.lit(None, pl.String),
            gone=pl.when(is_merged).then(pl.col("created") + pl.col("until")),
        )
    )


def _mistyped(email: pl.Expr) -> pl.Expr:
    # the letter before the @ is doubled: an address that nobody else has
    return email.str.replace("(.)@", "${1}${1}@")


def contact_versions(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return contacts as created, as changed, and as deleted or merged away."""
    first = contacts.with_columns(recorded="created", deleted=pl.lit(value=False))
    moved = first.filter(pl.col("new_email").is_not_null()).with_columns(
        recorded="moved", email="new_email", last="new_last"
    )
    gone = first.filter(pl.col("gone") < LAST_MOMENT).with_columns(
        recorded="gone", deleted=pl.lit(value=True)
    )
    return pl.concat([first, moved, gone]).sort("recorded", "contact_id")


def standing(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return the first record of each person, without those that are deleted some day."""
    # a CRM that deletes a contact empties the references to it
    return contacts.filter(~pl.col("duplicate") & pl.col("gone").is_null())
