"""A decision that somebody wants to take in; refused where an earlier one says the opposite."""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity.decisions import JOIN, SPLIT
from orchestration.errors import WrongUse
from orchestration.repair.subject import Subject, identifiers_of


def refuse_join(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, one: Subject, other: Subject
) -> None:
    """Refuse to join what is one and the same, or what a decision keeps apart.

    Parameters
    ----------
    holding
        Decisions in force, see ``orchestration.decisions.in_force``.

    Raises
    ------
    WrongUse
        The message names the decision in the way.
    """
    refuse_same(one, other)
    sides = [identifiers_of(con, subject) | _joined(holding, subject) for subject in (one, other)]
    for decision_id, a, b in _of(holding, SPLIT):
        if any(a in x and b in y for x, y in (sides, sides[::-1])):
            raise WrongUse(
                f"{decision_id} keeps {a} and {b} apart, and joining {one.given} to {other.given} "
                f"would make them one: take it back first with `crm identity revoke {decision_id}`."
            )
    _refuse_again(holding, JOIN, one, other)


def refuse_split(holding: pl.DataFrame, one: Subject, other: Subject) -> None:
    """Refuse to part what is not together, or what decisions alone have joined.

    Raises
    ------
    WrongUse
        The message says what they are, or names the decision in the way.
    """
    refuse_same(one, other)
    _refuse_again(holding, SPLIT, one, other)
    for subject in (one, other):
        if subject.customer_id is None:
            raise WrongUse(f"{subject.given} names nobody, so there is nothing to split it from.")
    if one.customer_id != other.customer_id:
        raise WrongUse(
            f"{one.given} ({one.customer_id}) and {other.given} ({other.customer_id}) are not "
            "together: there is nothing to split."
        )
    if other.identifier in _joined(holding, one):
        joins = ", ".join(
            decision_id for decision_id, a, _ in _of(holding, JOIN) if a in _joined(holding, one)
        )
        raise WrongUse(
            f"{one.given} and {other.given} were joined by decision ({joins}): take that back "
            "first with `crm identity revoke`."
        )


def refuse_same(one: Subject, other: Subject) -> None:
    """Refuse to compare or decide about one identifier, named twice."""
    if one.identifier == other.identifier:
        raise WrongUse(
            f"{one.given} and {other.given} are the same identifier, {one.identifier}: name two."
        )


def _refuse_again(holding: pl.DataFrame, verdict: str, one: Subject, other: Subject) -> None:
    pair = {one.identifier, other.identifier}
    for decision_id, a, b in _of(holding, verdict):
        if {a, b} == pair:
            raise WrongUse(f"{decision_id} says so already: the next `crm run` keeps to it.")


def _of(holding: pl.DataFrame, verdict: str) -> list[tuple[str, str, str]]:
    return (
        holding.filter(pl.col("verdict") == verdict)
        .select("decision_id", "identifier_a", "identifier_b")
        .rows()
    )


def _joined(holding: pl.DataFrame, subject: Subject) -> set[str]:
    """Return what decisions alone make one with an identifier, itself included."""
    found, before = {subject.identifier}, 0
    while len(found) > before:
        before = len(found)
        for _, a, b in _of(holding, JOIN):
            if a in found or b in found:
                found |= {a, b}
    return found
