"""Cases of the review queue, and the decisions that answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from models_ml.identity.decisions import JOIN, SPLIT
from orchestration.errors import WrongUse
from orchestration.repair.conflicts import refuse_group, refuse_join
from orchestration.repair.subject import subject_of


@dataclass(frozen=True, slots=True)
class Case:
    """A row of ``identity.review_queue``."""

    review_id: str
    reason_code: str
    reason: str
    identifiers: list[str]
    evidence: str
    status: str
    raised_at: datetime


_COLUMNS = "review_id, reason_code, reason, identifiers, evidence, status, raised_at"


def open_cases(
    con: duckdb.DuckDBPyConnection, decisions: pl.DataFrame, limit: int
) -> tuple[int, list[Case]]:
    """Return how many cases are open and the first of them.

    Those decided since the last run are open no longer; what joins few people comes first, for
    there an answer changes most.
    """
    answered = decisions.filter(pl.col("revoked_by").is_null())["review_id"].drop_nulls()
    rows = con.execute(
        f"select {_COLUMNS} from identity.review_queue "  # noqa: S608
        "where status = 'open' and not list_contains($answered::varchar[], review_id) "
        "order by reason_code = 'blocked_value', len(identifiers), review_id",
        {"answered": answered.unique().to_list()},
    ).fetchall()
    return len(rows), [Case(*row) for row in rows[:limit]]


def find_case(con: duckdb.DuckDBPyConnection, review_id: str) -> Case:
    """Return one case.

    Raises
    ------
    WrongUse
        If there is none of that id.
    """
    row = con.execute(
        f"select {_COLUMNS} from identity.review_queue where review_id = ?",  # noqa: S608
        [review_id],
    ).fetchone()
    if row is None:
        raise WrongUse(f"There is no case {review_id}: `crm identity review` lists the open ones.")
    return Case(*row)


def answer(
    con: duckdb.DuckDBPyConnection, holding: pl.DataFrame, case: Case, *, accept: bool
) -> list[dict[str, Any]]:
    """Return the decisions that accept or reject a case, as ``decisions.append`` takes them.

    One edge from the first identifier to each of the others, those not listed included.

    Raises
    ------
    WrongUse
        If a decision in force says the opposite, or the case is decided or gone.
    """
    if case.status != "open":
        raise WrongUse(
            f"{case.review_id} is {case.status}: only open cases are decided; take a decision "
            "back with `crm identity revoke`, see `crm identity decisions`."
        )
    first = case.identifiers[0]
    others = sorted(
        set(case.identifiers[1:])
        | {
            row[0]
            for row in con.execute(
                "select if(identifier_a = $it, identifier_b, identifier_a) from identity.edges "
                "where $it in (identifier_a, identifier_b) and status = 'stopped'",
                {"it": first},
            ).fetchall()
        }
    )
    said = {
        frozenset((a, b)): (decision_id, verdict)
        for decision_id, verdict, a, b in holding.select(
            "decision_id", "verdict", "identifier_a", "identifier_b"
        ).rows()
    }
    verdict, drawn = JOIN if accept else SPLIT, []
    for other in others:
        decision_id, earlier = said.get(frozenset((first, other)), ("", None))
        if earlier == verdict:
            continue
        if accept:
            refuse_join(con, holding, subject_of(con, first), subject_of(con, other))
        elif earlier == JOIN:
            raise WrongUse(
                f"{decision_id} joins {first} and {other}: take it back first with "
                f"`crm identity revoke {decision_id}`."
            )
        drawn.append(
            {
                "verdict": verdict,
                "identifier_a": first,
                "identifier_b": other,
                "review_id": case.review_id,
            }
        )
    if not drawn:
        raise WrongUse(f"{case.review_id} is decided already: the next `crm run` keeps to it.")
    if accept:
        refuse_group(con, holding, [subject_of(con, one) for one in (first, *others)])
    return drawn
