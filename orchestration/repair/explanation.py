"""Two subjects in, why they are one customer out, or what keeps them from being one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from models_ml.identity.decisions import DECISION
from models_ml.identity.matching.comparisons import NICKNAME
from models_ml.identity.paths import strongest_path
from models_ml.identity.separation import sides
from orchestration.repair.decisions_about import decisions_about
from orchestration.repair.short_names import short_name
from orchestration.repair.subject import Subject, are_together, identifiers_of
from orchestration.repair.waterfall import edge_evidence


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two are one, or are not.

    Parameters
    ----------
    steps
        Edges from the first to the second, see ``strongest_path``. Where they are two, stopped
        edges are among them; empty if not even those lead across. ``short_name`` says which of two
        first names is short for the other, None where that is no part of the evidence.
    decided
        Decisions that name one of each, and those that make the two one with the next run: rows
        of ``identity.decisions``, and ``is_waiting`` for those that hold, or hold no longer, from
        the next run on.
    questions
        ``review_id``, ``status`` and ``reason`` of the cases about what was stopped on the way.
    """

    one: Subject
    other: Subject
    steps: list[dict[str, Any]]
    decided: list[dict[str, Any]]
    questions: list[tuple[str, str, str]]

    @property
    def together(self) -> bool:
        """Whether they are one customer now."""
        return are_together(self.one, self.other)


def explain(
    con: duckdb.DuckDBPyConnection, decisions: pl.DataFrame, one: Subject, other: Subject
) -> Explanation:
    """Find the evidence between two subjects in ``identity``, and what was decided about them.

    Parameters
    ----------
    decisions
        All there are, those that wait for the next run included; of
        ``orchestration.identity.decisions``.
    """
    both = identifiers_of(con, one), identifiers_of(con, other)
    edges = edges_of(con, both[0] | both[1])
    negative = (pl.col("edge_type") == DECISION) & (pl.col("status") == "stopped")
    usable = pl.col("status") == "used" if are_together(one, other) else ~negative
    steps = [
        step | {"short_name": _short_name(con, step)}
        for step in strongest_path(edges.filter(usable), one.identifier, other.identifier)
    ]
    decided = decisions_about(con, decisions, one, other)
    ends = [(step["identifier_a"], step["identifier_b"], step["status"]) for step in steps]
    stopped = [end for a, b, status in ends if status == "stopped" for end in (a, b)]
    questions = con.execute(
        "select review_id, status, reason from identity.review_queue "
        "where list_contains(?::varchar[], identifiers[1]) order by review_id",
        [stopped],
    ).fetchall()
    return Explanation(one, other, steps, decided, questions)


def _short_name(con: duckdb.DuckDBPyConnection, step: dict[str, Any]) -> str | None:
    found = edge_evidence(step["evidence"], step["status"]).columns
    if all(part.relation != NICKNAME for part in found):
        return None
    return short_name(con, step["identifier_a"], step["identifier_b"])


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
