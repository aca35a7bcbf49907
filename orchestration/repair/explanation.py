"""Two subjects in, why they are one customer out, or what keeps them from being one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from models_ml.identity.decisions import DECISION
from models_ml.identity.paths import strongest_path
from models_ml.identity.separation import sides
from orchestration.repair.subject import Subject, identifiers_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two are one, or are not.

    Parameters
    ----------
    steps
        Edges from the first to the second, see ``strongest_path``. Where they are two, stopped
        edges are among them; empty if not even those lead across.
    apart
        Decisions that keep them apart: rows of ``identity.edges``.
    questions
        ``review_id``, ``status`` and ``reason`` of the cases about what was stopped on the way.
    """

    one: Subject
    other: Subject
    steps: list[dict[str, Any]]
    apart: list[dict[str, Any]]
    questions: list[tuple[str, str, str]]

    @property
    def together(self) -> bool:
        """Whether they are one customer now."""
        return self.one.customer_id is not None and self.one.customer_id == self.other.customer_id


def explain(con: duckdb.DuckDBPyConnection, one: Subject, other: Subject) -> Explanation:
    """Find the evidence between two subjects in ``identity``."""
    both = identifiers_of(con, one), identifiers_of(con, other)
    edges = edges_of(con, both[0] | both[1])
    negative = (pl.col("edge_type") == DECISION) & (pl.col("status") == "stopped")
    together = one.customer_id is not None and one.customer_id == other.customer_id
    usable = pl.col("status") == "used" if together else ~negative
    steps = strongest_path(edges.filter(usable), one.identifier, other.identifier)
    apart = [
        row
        for row in edges.filter(negative).iter_rows(named=True)
        if any(row["identifier_a"] in x and row["identifier_b"] in y for x, y in (both, both[::-1]))
    ]
    ends = [(step["identifier_a"], step["identifier_b"], step["status"]) for step in steps]
    stopped = [end for a, b, status in ends if status == "stopped" for end in (a, b)]
    questions = con.execute(
        "select review_id, status, reason from identity.review_queue "
        "where list_contains(?::varchar[], identifiers[1]) order by review_id",
        [stopped],
    ).fetchall()
    return Explanation(one, other, steps, apart, questions)


def edges_of(con: duckdb.DuckDBPyConnection, identifiers: set[str]) -> pl.DataFrame:
    """Return every edge that one of the identifiers has, used or stopped."""
    return con.execute(
        "with wanted as (select unnest($them::varchar[]) as identifier) "
        "from identity.edges where identifier_a in (from wanted) or identifier_b in (from wanted) "
        "order by all",
        {"them": sorted(identifiers)},
    ).pl()


def edges_in_force(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, members: set[str]
) -> pl.DataFrame:
    """Return the edges of a customer without joins that were taken back since the last run."""
    taken_back = (
        (pl.col("edge_type") == DECISION)
        & (pl.col("status") == "used")
        & (~pl.col("evidence").is_in(holding["decision_id"].implode()))
    )
    return edges_of(con, members).filter(~taken_back)


def sides_of(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, one: Subject, other: Subject
) -> tuple[list[str], list[str]]:
    """Return what would stay with each of two of one customer, were they parted."""
    members = identifiers_of(con, one)
    edges = edges_in_force(con, holding, members)
    return sides(edges, members, one.identifier, other.identifier)
