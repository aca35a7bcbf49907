"""A decision that somebody wants to take in; refused where an earlier one says the opposite."""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity.decisions import JOIN, OF_BOTH, OF_COMPANIES, SPLIT
from models_ml.identity.separation import joins_cut
from orchestration.errors import WrongUse
from orchestration.repair.explanation import edges_in_force
from orchestration.repair.subject import Subject, are_together, identifiers_of, subject_of

NOBODY_YET = ("anonymous_id", "device")
"""Types that are no customer alone: shared by strangers they are nobody's, and later may be."""


def refuse_join(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, one: Subject, other: Subject
) -> None:
    """Refuse to join what is one and the same, a person with a company, or what was parted.

    Parameters
    ----------
    holding
        Decisions in force, see ``orchestration.identity.decisions.in_force``.

    Raises
    ------
    WrongUse
        The message names the decision in the way, if it is one.
    """
    refuse_same(one, other)
    sides = [_becomes(con, holding, subject) for subject in (one, other)]
    _refuse_person_of_company(sides, one, other)
    for decision_id, a, b in _of(holding, SPLIT):
        if any(a in x and b in y for x, y in (sides, sides[::-1])):
            raise WrongUse(
                f"{decision_id} keeps {a} and {b} apart, and joining {one.given} to {other.given} "
                f"would make them one: take it back first with `crm identity revoke {decision_id}`."
            )
    _refuse_again(holding, JOIN, one, other)


def refuse_group(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, subjects: list[Subject]
) -> None:
    """Refuse to make one of several two of whom a decision keeps apart.

    Raises
    ------
    WrongUse
        The message names the decision.
    """
    of: dict[str, set[int]] = {}
    for place, subject in enumerate(subjects):
        for identifier in _becomes(con, holding, subject):
            of.setdefault(identifier, set()).add(place)
    for decision_id, a, b in _of(holding, SPLIT):
        # a split of one of them that waits for the next run is no contradiction
        if a in of and b in of and not of[a] & of[b]:
            raise WrongUse(
                f"{decision_id} keeps {a} and {b} apart, and both are in this case: take it back "
                f"first with `crm identity revoke {decision_id}`, or join the others one by one."
            )


def refuse_split(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, one: Subject, other: Subject
) -> None:
    """Refuse to part what a decision has joined, or from whom no evidence can ever lead.

    Raises
    ------
    WrongUse
        The message says what they are, or names the decision in the way.
    """
    refuse_same(one, other)
    _refuse_again(holding, SPLIT, one, other)
    for subject in (one, other):
        if subject.customer_id is None and subject.identifier.partition(":")[0] not in NOBODY_YET:
            raise WrongUse(
                f"{subject.given} names nobody and joins nobody, so there is nothing to split it "
                "from."
            )
    if are_together(one, other):
        members = identifiers_of(con, one)
        edges = edges_in_force(con, holding, members)
        joins = joins_cut(edges, members, one.identifier, other.identifier)
    elif other.identifier in (becomes := _becomes(con, holding, one)):
        joins = [decision_id for decision_id, a, _ in _of(holding, JOIN) if a in becomes]
    else:
        # nothing joins them yet: a decision in advance
        joins = []
    if joins:
        raise WrongUse(
            f"{one.given} and {other.given} were joined by decision ({', '.join(joins)}): take "
            "that back first with `crm identity revoke`."
        )


def refuse_same(one: Subject, other: Subject) -> None:
    """Refuse to compare or decide about one identifier, named twice."""
    if one.identifier == other.identifier:
        raise WrongUse(
            f"{one.given} and {other.given} are the same identifier, {one.identifier}: name two."
        )


def _refuse_person_of_company(sides: list[set[str]], one: Subject, other: Subject) -> None:
    """Refuse to make a person part of a company; a bare address or number may become its own."""
    types = [{identifier.partition(":")[0] for identifier in side} for side in sides]
    for company, person in (types, types[::-1]):
        if company & {*OF_COMPANIES} and person - {*OF_COMPANIES, *OF_BOTH}:
            raise WrongUse(
                f"{one.given} and {other.given} are a company and a person: nobody is both; who "
                "works where is in identity.person_accounts."
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


def _becomes(con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, subject: Subject) -> set[str]:
    """Return what is one with a subject now, or will be by joins that wait for the next run."""
    found = identifiers_of(con, subject)
    joins, before = _of(holding, JOIN), 0
    while len(found) > before:
        before = len(found)
        for _, a, b in joins:
            if (a in found) != (b in found):
                found |= identifiers_of(con, subject_of(con, b if a in found else a))
    return found
