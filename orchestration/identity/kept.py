"""What a run keeps for the next one, and how a run of some people writes its results."""

from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl

from models_ml.identity import Ledger, Resolution
from models_ml.identity.events import EVENTS
from models_ml.identity.ledger import CUSTOMERS, IDENTIFIER_MAP
from orchestration.identity.tables import (
    insert,
    raise_questions,
    replace_all,
    replace_some,
)

Before = dict[str, pl.DataFrame]
"""Rows by table, each with its ``place``: its ``rowid``, by which it is deleted."""


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Let the next run start anew; until a run has ended well, what was kept does not hold."""
    con.execute("delete from identity.read_batches")


def keep(con: duckdb.DuckDBPyConnection, fingerprints: pl.DataFrame, reach: pl.DataFrame) -> None:
    """Keep what a run over everything has computed; with the fingerprints all of it holds."""
    con.begin()
    try:
        for table, rows in (("reach", reach), ("read_batches", fingerprints)):
            replace_all(con, table, rows)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def rows_of_reached(con: duckdb.DuckDBPyConnection) -> Before:
    """Return what is known of those who are reached."""
    return {
        "customers": con.execute(
            "select rowid as place, * from identity.customers where customer_id in (from concerned)"
        ).pl(),
        "identifier_map": con.execute("from known_map").pl(),
        "edges": con.execute(
            "select rowid as place, * from identity.edges "
            "where identifier_a in (from reached) or identifier_b in (from reached)"
        ).pl(),
        "reach": con.execute("from known_reach").pl(),
    }


def ledger_of(before: Before) -> Ledger:
    """Return the ledger of those who are reached, without its events.

    Parameters
    ----------
    before
        Of ``rows_of_reached``.
    """
    return Ledger(
        before["customers"].sort("customer_id").select(CUSTOMERS.names()).cast(CUSTOMERS),
        before["identifier_map"]
        .sort("identifier", "valid_from", "customer_id", nulls_last=True)
        .select(IDENTIFIER_MAP.names())
        .cast(IDENTIFIER_MAP),
        pl.DataFrame(schema=EVENTS),
    )


def write_reached(
    con: duckdb.DuckDBPyConnection,
    before: Before,
    ledger: Ledger,
    resolution: Resolution,
    fingerprints: pl.DataFrame,
    at: datetime,
) -> None:
    """Replace the rows of those who are reached; within a transaction of the caller.

    Parameters
    ----------
    before
        Of ``rows_of_reached``.
    """
    for table, rows in (
        ("customers", ledger.customers),
        ("identifier_map", ledger.identifier_map),
        ("edges", resolution.edges),
        ("reach", resolution.reach),
    ):
        replace_some(con, table, before[table], rows)
    replace_all(con, "read_batches", fingerprints)
    insert(con, "events", ledger.events)
    asked = resolution.review.unique("review_id", keep="first", maintain_order=True)
    raise_questions(con, asked, at, among="case_.identifiers[1] in (from reached)")
