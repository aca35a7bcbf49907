"""The ledger of customer ids: what was known and what holds now in, the new ledger out.

active ──its founder is now in another customer──► merged (into that one)
   │                                                  │ taken apart again
   └──none of its identifiers names anybody──► retired └──► active
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from models_ml.identity.causes import NO_CAUSES, causes
from models_ml.identity.events import EVENTS, events_of
from models_ml.identity.moves import moves

CUSTOMERS = pl.Schema(
    {
        "customer_id": pl.String(),
        "customer_type": pl.String(),
        "founder_identifier": pl.String(),
        "first_seen_at": pl.Datetime("us"),
        "last_seen_at": pl.Datetime("us"),
        "identifier_count": pl.Int64(),
        "status": pl.String(),
        "merged_into_customer_id": pl.String(),
    }
)
IDENTIFIER_MAP = pl.Schema(
    {
        "identifier": pl.String(),
        "id_type": pl.String(),
        "customer_id": pl.String(),
        "first_seen_at": pl.Datetime("us"),
        "last_seen_at": pl.Datetime("us"),
        "valid_from": pl.Datetime("us"),
        "valid_to": pl.Datetime("us"),
        "is_current": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who was who, and who is.

    Parameters
    ----------
    customers, identifier_map
        Contents of the tables of ``identity``, rows in the order of their keys.
    events
        Rows to add to ``identity.events``.
    """

    customers: pl.DataFrame
    identifier_map: pl.DataFrame
    events: pl.DataFrame

    @classmethod
    def empty(cls) -> Ledger:
        """Return the ledger of a warehouse that has seen nobody."""
        return cls(
            pl.DataFrame(schema=CUSTOMERS),
            pl.DataFrame(schema=IDENTIFIER_MAP),
            pl.DataFrame(schema=EVENTS),
        )


def advance(
    previous: Ledger,
    assignment: pl.DataFrame,
    edges: pl.DataFrame,
    *,
    run_id: str,
    at: datetime,
    events_before: int,
) -> Ledger:
    """Bring the ledger up to date.

    Current rows are a function of ``assignment`` alone; history, events and what became of ids
    no longer in use depend on the runs in between.

    Parameters
    ----------
    assignment
        ``Resolution.assignment``.
    edges
        ``Resolution.edges``, to say in the events what joined people.
    at
        Time of the run (naive UTC): the bookkeeping of this ledger, not a fact about people.
    events_before
        Events recorded so far; new ones are numbered from there.
    """
    current = _active(assignment)
    moved = moves(previous.customers, previous.identifier_map, assignment, current)
    why = (
        NO_CAUSES
        if moved.left_today.is_empty() and moved.partings.is_empty()
        else causes(
            previous.identifier_map,
            edges,
            assignment,
            pl.concat([moved.left_today["customer_id"], moved.partings["customer_id"]]),
        )
    )
    return Ledger(
        _customers(previous.customers, current, moved.successors),
        _identifier_map(previous.identifier_map, assignment, at),
        events_of(moved, why, run_id=run_id, at=at, events_before=events_before),
    )


def _active(assignment: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer of today, in the order of the ids."""
    organization = (pl.col("id_type") == "account").any()
    return (
        assignment.group_by("customer_id")
        .agg(
            customer_type=pl.when(organization)
            .then(pl.lit("organization"))
            .otherwise(pl.lit("person")),
            founder_identifier=pl.col("founder_identifier").first(),
            first_seen_at=pl.col("first_seen_at").min(),
            last_seen_at=pl.col("last_seen_at").max(),
            identifier_count=pl.len().cast(pl.Int64),
            status=pl.lit("active"),
            merged_into_customer_id=pl.lit(None, dtype=pl.String),
        )
        .sort("customer_id")
    )


def _customers(
    previous: pl.DataFrame, current: pl.DataFrame, successors: pl.DataFrame
) -> pl.DataFrame:
    """Return today's customers and every id of earlier days with what became of it."""
    columns = CUSTOMERS.names()
    if previous.is_empty():
        return current.select(columns)
    gone = (
        previous.drop("identifier_count", "status", "merged_into_customer_id")
        .join(current, on="customer_id", how="anti")
        .join(successors, on="customer_id", how="left")
        .with_columns(
            identifier_count=pl.lit(0, dtype=pl.Int64),
            status=pl.when(pl.col("successor").is_null())
            .then(pl.lit("retired"))
            .otherwise(pl.lit("merged")),
            merged_into_customer_id="successor",
        )
    )
    return pl.concat([current.select(columns), gone.select(columns)]).sort("customer_id")


def _identifier_map(previous: pl.DataFrame, assignment: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Close the rows that no longer hold, add those that do, keep all others as they are.

    The assignment is in the order of the identifiers.
    """
    columns = IDENTIFIER_MAP.names()
    now = assignment.select("identifier", "id_type", "customer_id", "first_seen_at", "last_seen_at")
    since_now = {
        "valid_from": pl.lit(at, dtype=pl.Datetime("us")),
        "valid_to": pl.lit(None, dtype=pl.Datetime("us")),
        "is_current": pl.lit(True),
    }
    if previous.is_empty():
        return now.with_columns(**since_now).select(columns)
    closed = previous.filter(~pl.col("is_current"))
    held = previous.filter("is_current")
    key = ["identifier", "customer_id"]
    kept = now.join(held.select(*key, "valid_from", "valid_to", "is_current"), on=key)
    ended = held.join(now.select(key), on=key, how="anti").with_columns(
        valid_to=pl.lit(at, dtype=pl.Datetime("us")), is_current=pl.lit(False)
    )
    begun = now.join(held.select(key), on=key, how="anti").with_columns(**since_now)
    return pl.concat([frame.select(columns) for frame in (closed, ended, kept, begun)]).sort(
        "identifier", "valid_from", "customer_id"
    )
