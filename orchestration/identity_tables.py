"""The tables of ``identity``: read as frames in key order, written in one transaction."""

from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl

from models_ml.identity import Ledger
from models_ml.identity.events import EVENTS
from models_ml.identity.ledger import CUSTOMERS, IDENTIFIER_MAP

_ORDER = {
    "customers": "customer_id",
    "identifier_map": "identifier, valid_from, customer_id",
    "edges": "identifier_a, identifier_b, edge_type, source, evidence",
}


def read_ledger(con: duckdb.DuckDBPyConnection) -> Ledger:
    """Return the ledger without its events; new ones are only ever added."""
    return Ledger(
        _read(con, "customers").select(CUSTOMERS.names()).cast(CUSTOMERS),
        _read(con, "identifier_map").select(IDENTIFIER_MAP.names()).cast(IDENTIFIER_MAP),
        pl.DataFrame(schema=EVENTS),
    )


def read_edges(con: duckdb.DuckDBPyConnection, columns: list[str]) -> pl.DataFrame:
    """Return ``identity.edges``."""
    return _read(con, "edges").select(columns)


def write(
    con: duckdb.DuckDBPyConnection,
    changed: dict[str, pl.DataFrame],
    events: pl.DataFrame,
    review: pl.DataFrame,
    at: datetime,
) -> None:
    """Replace the tables that changed, add events and questions; all of it or nothing."""
    con.begin()
    try:
        for table, rows in changed.items():
            con.execute(f"delete from identity.{table}")  # noqa: S608
            _insert(con, table, rows)
        _insert(con, "events", events)
        _raise_questions(con, review, at)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _read(con: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    return con.execute(f"from identity.{table} order by {_ORDER[table]}").pl()


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    con.register("new_rows", rows.to_arrow())
    try:
        con.execute(f"insert into identity.{table} by name from new_rows")
    finally:
        con.unregister("new_rows")


def _raise_questions(con: duckdb.DuckDBPyConnection, review: pl.DataFrame, at: datetime) -> None:
    """Add new questions, keep what a person has said about old ones, close those gone."""
    con.register("asked", review.to_arrow())
    try:
        con.execute(
            "update identity.review_queue set status = 'obsolete' "
            "where status = 'open' and review_id not in (select review_id from asked)"
        )
        con.execute(
            "update identity.review_queue as known set status = if(status = 'obsolete', 'open', "
            "status), reason = asked.reason, identifiers = asked.identifiers, "
            "evidence = asked.evidence from asked where known.review_id = asked.review_id and "
            "(known.status = 'obsolete' or known.evidence is distinct from asked.evidence "
            "or known.identifiers is distinct from asked.identifiers)"
        )
        con.execute(
            "insert into identity.review_queue by name "
            "select asked.*, 'open' as status, $at as raised_at from asked "
            "where review_id not in (select review_id from identity.review_queue)",
            {"at": at},
        )
    finally:
        con.unregister("asked")


def count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the number that a query gives."""
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
