"""Two assignments in, what happened between them out: new customers, successors, partings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

FOR_EVER = datetime.fromisoformat("9999-12-31")

_NOBODY_LEFT = pl.DataFrame(schema={"customer_id": pl.String, "successor": pl.String})
_NO_PARTINGS = pl.DataFrame(schema={"customer_id": pl.String, "other_customer_id": pl.String})
_NOBODY_RETURNED = pl.DataFrame(
    schema={
        "customer_id": pl.String,
        "founder_identifier": pl.String,
        "former_customer_id": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Moves:
    """The difference between yesterday's customers and today's.

    Parameters
    ----------
    created
        ``customer_id`` and ``founder_identifier`` of customers the ledger has never seen.
    successors
        ``customer_id`` of every known id that is not in use, and its ``successor``: who has
        its founder now, else who has most of its last identifiers; null if nobody has any.
    left_today
        Rows of ``successors`` whose id was in use until now.
    partings
        ``customer_id`` and ``other_customer_id``: identifiers went from the first to the second
        while the first, or its successor, kept others.
    returned
        ``customer_id`` and ``founder_identifier`` of known ids that were not in use until now and
        parted from nobody, and ``former_customer_id``: into whom they had been merged, if so.
    """

    created: pl.DataFrame
    successors: pl.DataFrame
    left_today: pl.DataFrame
    partings: pl.DataFrame
    returned: pl.DataFrame


def moves(
    customers: pl.DataFrame,
    identifier_map: pl.DataFrame,
    assignment: pl.DataFrame,
    current: pl.DataFrame,
) -> Moves:
    """Compare the ledger with today's assignment.

    Parameters
    ----------
    customers, identifier_map
        The ledger, see ``ledger.CUSTOMERS`` and ``ledger.IDENTIFIER_MAP``.
    assignment
        ``Resolution.assignment``.
    current
        ``customer_id`` and ``founder_identifier`` of today's customers, each once, in this order.
    """
    in_use = current.select("customer_id", "founder_identifier")
    if customers.is_empty() and identifier_map.is_empty():
        # joined with nothing, all of today's would be looked up ten times
        return Moves(in_use, _NOBODY_LEFT, _NOBODY_LEFT, _NO_PARTINGS, _NOBODY_RETURNED)
    today = assignment.select("identifier", now="customer_id")
    gone = customers.join(in_use, on="customer_id", how="anti")
    by_founder = gone.join(today, left_on="founder_identifier", right_on="identifier").select(
        "customer_id", successor="now"
    )
    orphans = gone.join(by_founder, on="customer_id", how="anti").select("customer_id")
    until = pl.col("valid_to").fill_null(FOR_EVER)
    last_held = identifier_map.join(orphans, on="customer_id").filter(
        until == until.max().over("customer_id")
    )
    by_majority = (
        last_held.join(today, on="identifier")
        .group_by("customer_id", "now")
        .len()
        .sort("customer_id", "len", "now", descending=[False, True, False])
        .group_by("customer_id", maintain_order=True)
        .agg(successor=pl.col("now").first())
    )
    successors = (
        gone.select("customer_id", "status")
        .join(pl.concat([by_founder, by_majority]), on="customer_id", how="left")
        .sort("customer_id")
    )
    flows = (
        identifier_map.filter("is_current")
        .join(today, on="identifier")
        .select("customer_id", "now")
        .unique()
    )
    partings = (
        flows.join(successors, on="customer_id", how="left")
        .filter(pl.col("now") != pl.coalesce("successor", "customer_id"))
        .select("customer_id", other_customer_id="now")
        .sort("customer_id", "other_customer_id")
    )
    returned = (
        customers.filter(pl.col("status") != "active")
        .join(in_use, on="customer_id", how="semi")
        .join(partings, left_on="customer_id", right_on="other_customer_id", how="anti")
        .select("customer_id", "founder_identifier", former_customer_id="merged_into_customer_id")
        .sort("customer_id")
    )
    return Moves(
        created=in_use.join(customers, on="customer_id", how="anti").sort("customer_id"),
        successors=successors.select("customer_id", "successor"),
        left_today=successors.filter(pl.col("status") == "active").select(
            "customer_id", "successor"
        ),
        partings=partings,
        returned=returned,
    )
