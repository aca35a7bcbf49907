"""Every decision and two subjects in, those that bear on the two out: in force, or from a run on.

What was decided since the last run is in the file, and not yet in ``identity``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import polars as pl

from models_ml.identity.decisions import JOIN
from orchestration.repair.subject import Subject, identifiers_of

Row = dict[str, Any]


def decisions_about(
    con: duckdb.DuckDBPyConnection, decisions: pl.DataFrame, one: Subject, other: Subject
) -> list[Row]:
    """Return the decisions that name one of each, and joins that lead from one to the other.

    Parameters
    ----------
    decisions
        All there are, of ``orchestration.identity.decisions.table``.

    Returns
    -------
    list
        Rows of ``decisions`` that hold, or hold until the next run; ``is_waiting`` marks those
        that hold, or hold no longer, from the next run on.
    """
    applied = con.execute(
        "select decision_id from identity.decisions where revoked_by is null"
    ).pl()["decision_id"]
    is_applied = pl.col("decision_id").is_in(applied.implode())
    holds = pl.col("revoked_by").is_null()
    rows = (
        decisions.filter(holds | is_applied)
        .with_columns(is_waiting=holds != is_applied)
        .rows(named=True)
    )
    way = _way(con, rows, one, other)
    x, y = identifiers_of(con, one), identifiers_of(con, other)
    ends = [(row["identifier_a"], row["identifier_b"]) for row in rows]
    return [
        row
        for row, (a, b) in zip(rows, ends, strict=True)
        if row in way or (a in x and b in y) or (a in y and b in x)
    ]


def _way(
    con: duckdb.DuckDBPyConnection, rows: Sequence[Row], one: Subject, other: Subject
) -> list[Row]:
    """Return the joins over which the next run goes from one to the other; none if it does not.

    A case of the review queue that was accepted joins its first identifier with each of the
    others, so two of these others are two decisions apart.
    """
    joins = [row for row in rows if row["verdict"] == JOIN and row["revoked_by"] is None]
    ends = [row[end] for row in joins for end in ("identifier_a", "identifier_b")]
    owner: dict[str, str] = dict(
        con.execute(
            "select identifier, customer_id from identity.identifier_map "
            "where is_current and identifier in (select unnest($ends::varchar[]))",
            {"ends": ends},
        ).fetchall()
    )
    start, end = (who.customer_id or who.identifier for who in (one, other))
    ways: dict[str, list[Row]] = {start: []}
    ahead = [start]
    for here in ahead:
        for row in joins:
            named: tuple[str, str] = (row["identifier_a"], row["identifier_b"])
            a, b = (owner.get(name, name) for name in named)
            there = b if here == a else a if here == b else here
            if there not in ways:
                ways[there] = [*ways[here], row]
                ahead.append(there)
    return ways.get(end, [])
