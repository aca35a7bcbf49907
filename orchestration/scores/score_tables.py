"""crm.*: score frames in, tables with history and a view of the newest rows out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import duckdb
import polars as pl

from models_ml.score_contract import ScoreContractViolation, ScoreTable, conform
from orchestration.frames import append, registered
from orchestration.sql_text import literal, quoted


def create(
    con: duckdb.DuckDBPyConnection, table: ScoreTable, descriptions: Mapping[str, str]
) -> None:
    """Create the table and its view ``<table>_current``, or add the columns it lacks.

    Parameters
    ----------
    descriptions
        Comment by column, where there is one; the comment of the table has the key ``""``.
    """
    name = f"crm.{quoted(table.name)}"
    con.execute("create schema if not exists crm")
    with registered(con, "empty_scores", pl.DataFrame(schema=table.schema)):
        con.execute(f"create table if not exists {name} as select * from empty_scores")  # noqa: S608
        types = con.execute("describe select * from empty_scores").fetchall()
    present = {row[0] for row in con.execute(f"describe {name}").fetchall()}
    for column, kind, *_ in types:
        if column not in present:
            con.execute(f"alter table {name} add column {quoted(column)} {kind}")
    (newest,) = table.replaces
    view = f"crm.{quoted(table.name + '_current')}"
    con.execute(
        f"create or replace view {view} as select * from {name} "  # noqa: S608
        f"where {quoted(newest)} = (select max({quoted(newest)}) from {name})"
    )
    for kind, relation in (("table", name), ("view", view)):
        if "" in descriptions:
            con.execute(f"comment on {kind} {relation} is {literal(descriptions[''])}")
        for column in table.schema:
            if column in descriptions:
                text = literal(descriptions[column])
                con.execute(f"comment on column {relation}.{quoted(column)} is {text}")


def replace_rows(
    con: duckdb.DuckDBPyConnection, table: ScoreTable, rows: pl.DataFrame, *, at: datetime
) -> int:
    """Replace the rows of one moment and return how many were written.

    The row set of a moment is replaced as a whole: an entity that is no longer in its population
    must not keep its row. Older moments stay. If all rows are there but for the run that wrote
    them, they stay: what is made of them is kept only while nothing in them differs.

    Parameters
    ----------
    at
        The ``as_of`` (or data cut-off) that all rows speak of, naive UTC.

    Raises
    ------
    ScoreContractViolation
        If a row breaks the contract or speaks of another moment; the table is left as it was.
    """
    rows = conform(rows, table)
    (moment,) = table.replaces
    if not (rows[moment] == at).all():
        raise ScoreContractViolation(f"crm.{table.name}: rows of another {moment} than {at}")
    name = f"crm.{quoted(table.name)}"
    there = con.execute(
        f"select * from {name} where {quoted(moment)} = $at",  # noqa: S608
        {"at": at},
    ).pl()
    if _said(rows, table).equals(_said(there, table)):
        return rows.height
    con.begin()
    try:
        con.execute(f"delete from {name} where {quoted(moment)} = $at", {"at": at})  # noqa: S608
        append(con, name, rows)
    except BaseException:
        con.rollback()
        raise
    con.commit()
    return rows.height


def _said(rows: pl.DataFrame, table: ScoreTable) -> pl.DataFrame:
    """Return rows in the order of their key, without the run that wrote them."""
    return rows.select(name for name in table.schema if name != "run_id").sort(table.key)


def newest_before(con: duckdb.DuckDBPyConnection, table: ScoreTable, at: datetime) -> pl.DataFrame:
    """Return the rows of the newest moment before ``at``: what was said the last time."""
    name, moment = f"crm.{quoted(table.name)}", quoted(table.replaces[0])
    return con.execute(
        f"select * from {name} where {moment} = "  # noqa: S608
        f"(select max({moment}) from {name} where {moment} < $at)",
        {"at": at},
    ).pl()
