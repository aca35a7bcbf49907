"""What a run keeps for the next one, and how a run of some people writes its results."""

from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl

from models_ml.identity import Ledger, Resolution
from models_ml.identity.events import EVENTS
from models_ml.identity.ledger import CUSTOMERS, IDENTIFIER_MAP
from orchestration.identity_tables import insert, raise_questions, replace_all


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


def concerned_ledger(con: duckdb.DuckDBPyConnection) -> Ledger:
    """Return the ledger of those who are reached."""
    return Ledger(
        con.execute(
            "from identity.customers where customer_id in (from concerned) order by customer_id"
        )
        .pl()
        .select(CUSTOMERS.names())
        .cast(CUSTOMERS),
        con.execute(
            "select * exclude (place) from known_map order by identifier, valid_from, customer_id"
        )
        .pl()
        .select(IDENTIFIER_MAP.names())
        .cast(IDENTIFIER_MAP),
        pl.DataFrame(schema=EVENTS),
    )


def write_reached(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    resolution: Resolution,
    fingerprints: pl.DataFrame,
    at: datetime,
) -> None:
    """Replace the rows of those who are reached; within a transaction of the caller."""
    for table, condition, rows in (
        ("customers", "customer_id in (from concerned)", ledger.customers),
        ("identifier_map", "rowid in (select place from known_map)", ledger.identifier_map),
        (
            "edges",
            "identifier_a in (from reached) or identifier_b in (from reached)",
            resolution.edges,
        ),
        ("reach", "identifier in (from reached)", resolution.reach),
        ("read_batches", "true", fingerprints),
    ):
        con.execute(f"delete from identity.{table} where {condition}")  # noqa: S608
        insert(con, table, rows)
    insert(con, "events", ledger.events)
    asked = resolution.review.unique("review_id", keep="first", maintain_order=True)
    raise_questions(con, asked, at, among="case_.identifiers[1] in (from reached)")
