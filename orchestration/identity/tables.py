"""The tables of ``identity``: read as frames in key order, written in one transaction."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from models_ml.identity import Ledger
from models_ml.identity.events import EVENTS
from models_ml.identity.ledger import CUSTOMERS, IDENTIFIER_MAP
from orchestration.errors import Refused

_ORDER = {
    "customers": "customer_id",
    "identifier_map": "identifier, valid_from, customer_id",
    "edges": "identifier_a, identifier_b, edge_type, source, evidence",
    "decisions": "decided_at, decision_id",
}


def read_ledger(con: duckdb.DuckDBPyConnection, copy: Path | None = None) -> Ledger:
    """Return the ledger without its events; new ones are only ever added.

    Parameters
    ----------
    copy
        Of ``write_copy``: ids in it that the warehouse does not know are those of days that it
        has not seen, as it was made anew or is an older one put back.
    """
    customers = _read(con, "customers").select(CUSTOMERS.names()).cast(CUSTOMERS)
    if copy is not None and knows_fewer_ids(con, copy):
        given = pl.read_parquet(copy).select(CUSTOMERS.names()).cast(CUSTOMERS)
        unknown = given.join(customers, on="customer_id", how="anti")
        customers = pl.concat([customers, unknown]).sort("customer_id")
    return Ledger(
        customers,
        _read(con, "identifier_map").select(IDENTIFIER_MAP.names()).cast(IDENTIFIER_MAP),
        pl.DataFrame(schema=EVENTS),
    )


def knows_fewer_ids(con: duckdb.DuckDBPyConnection, copy: Path) -> bool:
    """Return whether ids were given of which the warehouse knows nothing.

    Counting is enough, and asks of the copy its footer alone: every run ends with the two alike,
    and neither ever loses an id.

    Parameters
    ----------
    copy
        Of ``write_copy``.

    Raises
    ------
    Refused
        If the copy cannot be read.
    """
    if not copy.exists():
        return False
    try:
        given = pl.scan_parquet(copy).select(pl.len()).collect().item()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Refused(
            f"{copy} cannot be read: restore it from the backup, or delete it; ids that no longer "
            "are in warehouse.duckdb lead to nobody then."
        ) from error
    return bool(given > len_of(con, "identity.customers"))


def write_copy(con: duckdb.DuckDBPyConnection, copy: Path) -> None:
    """Write every id ever given to a file beside the warehouse, whole or not at all."""
    customers = _read(con, "customers").select(CUSTOMERS.names()).cast(CUSTOMERS)
    if copy.exists() and customers.equals(pl.read_parquet(copy)):
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    draft = copy.with_suffix(".new")
    with draft.open("wb") as stream:
        customers.write_parquet(stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(copy)


def read_as(con: duckdb.DuckDBPyConnection, table: str, like: pl.DataFrame) -> pl.DataFrame:
    """Return a table with the columns and types of a frame."""
    return _read(con, table).select(like.columns).cast(like.schema)


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
            replace_all(con, table, rows)
        insert(con, "events", events)
        raise_questions(con, review, at)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _read(con: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    return con.execute(f"from identity.{table} order by {_ORDER[table]}").pl()


def replace_all(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Make rows the only ones of a table of ``identity``."""
    con.execute(f"delete from identity.{table}")  # noqa: S608
    insert(con, table, rows)


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Add rows to a table of ``identity``."""
    if rows.is_empty():
        return
    # read from this very name: to register a view and drop it takes as long as a small insert;
    # texts as Polars holds them, for in the older form of Arrow all of them would be copied first
    new_rows = rows.to_arrow(compat_level=pl.CompatLevel.newest())  # noqa: F841
    con.execute(f"insert into identity.{table} by name from new_rows")


def delete_places(con: duckdb.DuckDBPyConnection, table: str, places: pl.Series) -> None:
    """Delete rows of a table of ``identity`` by their places.

    Not ``returning`` what they were: DuckDB fetches that row by row, and unpacks a stretch of a
    packed table for each. 6,000 of 150,000 rows took a second instead of 0.03.
    """
    if places.is_empty():
        return
    gone = places.to_frame("place").to_arrow()  # noqa: F841 - read by the statement
    con.execute(f"delete from identity.{table} where rowid in (from gone)")  # noqa: S608


def replace_some(
    con: duckdb.DuckDBPyConnection, table: str, before: pl.DataFrame, rows: pl.DataFrame
) -> None:
    """Put rows in the place of others; those that are in both stay where they are.

    Most are, and each that is written is written twice, to the log and when that is worked into
    the file, where what was deleted has whole stretches of the table packed anew.

    Parameters
    ----------
    before
        Those there are, of the same columns and ``place``, their ``rowid``.
    """
    known = before.select("place", *(pl.col(name).cast(is_) for name, is_ in rows.schema.items()))
    gone = known.join(rows, on=rows.columns, how="anti", nulls_equal=True)
    came = rows.join(known, on=rows.columns, how="anti", nulls_equal=True)
    delete_places(con, table, gone["place"])
    insert(con, table, came)


def raise_questions(
    con: duckdb.DuckDBPyConnection, review: pl.DataFrame, at: datetime, among: str = "true"
) -> None:
    """Add new questions, close those gone; what was decided about a case is its status.

    Parameters
    ----------
    among
        Condition of the cases that were looked at: of others it is not known that they are gone.
    """
    asked = review.to_arrow()  # noqa: F841 - read by the statements
    con.execute(
        "insert into identity.review_queue by name "
        "select asked.*, 'open' as status, $at as raised_at from asked "
        "where review_id not in (select review_id from identity.review_queue)",
        {"at": at},
    )
    con.execute(
        f"""
        with answers as (
            select review_id, if(max(verdict) = 'join', 'accepted', 'rejected') as answer
            from identity.decisions
            where review_id is not null and revoked_by is null
            group by review_id
        ),
        wanted as (
            select
                case_.review_id, asked.reason, asked.identifiers, asked.evidence,
                asked.review_id is not null and (
                    case_.evidence is distinct from asked.evidence
                    or case_.identifiers is distinct from asked.identifiers
                ) as is_other,
                case
                    when answer is not null then answer
                    when asked.review_id is not null then 'open'
                    when {among} then 'obsolete'
                    else case_.status
                end as wanted_status
            from identity.review_queue as case_
            left join answers using (review_id)
            left join asked using (review_id)
        )
        update identity.review_queue as known set
            status = wanted_status,
            reason = if(is_other, wanted.reason, known.reason),
            identifiers = if(is_other, wanted.identifiers, known.identifiers),
            evidence = if(is_other, wanted.evidence, known.evidence)
        from wanted
        where known.review_id = wanted.review_id and (known.status <> wanted_status or is_other)
        """  # noqa: S608
    )


def count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the number that a query gives."""
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def len_of(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return how many rows a table has."""
    return count(con, f"select count(*) from {table}")  # noqa: S608
