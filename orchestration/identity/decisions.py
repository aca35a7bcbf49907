"""What people decided about who is who: a file of the home folder that is only ever added to.

``identity/decisions.jsonl`` is the one place where a decision lives. ``identity.decisions`` is
made from it in every run, so a decision outlives a replay and a build database made anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from models_ml.identity.decisions import DECISIONS, JOIN, SPLIT
from orchestration.added_lines import lines_added, read_lines
from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.runs.stages import now

REVOKE = "revoke"

TABLE = pl.Schema(
    {
        "decision_id": pl.String(),
        "verdict": pl.String(),
        "identifier_a": pl.String(),
        "identifier_b": pl.String(),
        "author": pl.String(),
        "reason": pl.String(),
        "decided_at": pl.Datetime("us"),
        "review_id": pl.String(),
        "revoked_by": pl.String(),
    }
)

_NOT_OF_ALL = ("identifier_a", "identifier_b", "revokes", "review_id")

NOTHING_DECIDED = pl.DataFrame(schema=TABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One line of the file.

    Parameters
    ----------
    verdict
        ``join``: the two are one. ``split``: they are not, whatever leads from one to the other.
        ``revoke``: an earlier decision no longer holds.
    identifier_a, identifier_b
        The two; None for ``revoke``.
    revokes
        The decision taken back; None for others.
    review_id
        Case of the review queue that it answers, if any.
    """

    decision_id: str
    verdict: str
    identifier_a: str | None = None
    identifier_b: str | None = None
    revokes: str | None = None
    author: str
    reason: str
    decided_at: datetime
    review_id: str | None = None


def decisions_file(home: Home) -> Path:
    """Return where the decisions of a home lie."""
    return home.folder / "identity" / "decisions.jsonl"


def read_decisions(home: Home) -> list[Decision]:
    """Return every decision ever written, in order; none if nobody has decided anything.

    Raises
    ------
    Refused
        If a line cannot be read; the message names it.
    """
    file = decisions_file(home)
    return [_parsed(line, file, n) for n, line in enumerate(read_lines(file), 1)]


def _parsed(line: bytes, file: Path, number: int) -> Decision:
    try:
        row = json.loads(line)
        decision = Decision(**{**row, "decided_at": datetime.fromisoformat(row["decided_at"])})
        _check(decision, row, number)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Refused(
            f"{file} line {number} is no decision ({error}): restore the file from the backup; "
            "lines are written by `crm identity` alone."
        ) from error
    return decision


def _check(decision: Decision, row: dict[str, Any], number: int) -> None:
    """Refuse what ``crm identity`` does not write.

    Decisions are taken back by their number: a line that was taken out or copied would let the next
    one have the number of another.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    for name, value in row.items():
        if value is None and name in _NOT_OF_ALL:
            continue
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{name} {value!a} is no text")
        value.encode()
    if decision.decision_id != _numbered(number):
        raise ValueError(f"decision_id {decision.decision_id!r} is not {_numbered(number)}")
    pair = (decision.identifier_a, decision.identifier_b)
    if decision.verdict == REVOKE:
        digits = (decision.revokes or "").removeprefix("d_")
        earlier = digits.isdecimal() and len(digits) < 10 and 0 < int(digits) < number
        whole = not any(pair) and earlier and decision.revokes == _numbered(int(digits))
    else:
        whole = all(pair) and pair[0] != pair[1] and decision.revokes is None
    if decision.verdict not in (JOIN, SPLIT, REVOKE) or not whole:
        raise ValueError(f"verdict {decision.verdict!r} of {decision.revokes or pair}")


def _numbered(number: int) -> str:
    return f"d_{number:04}"


def append(home: Home, drawn: Sequence[dict[str, Any]], *, seen: int) -> list[Decision]:
    """Write decisions down, all of them or none, and return them with their ids.

    Parameters
    ----------
    drawn
        Fields of ``Decision`` without ``decision_id`` and ``decided_at``.
    seen
        How many decisions there were when these were checked against them.

    Raises
    ------
    Refused
        If somebody else has decided something since: it may say the opposite.
    """
    with lines_added(decisions_file(home)) as (before, lines):
        if before != seen:
            raise Refused(
                "Somebody has decided something in the same moment: see `crm identity "
                "decisions`, then decide again."
            )
        decisions = [
            Decision(decision_id=_numbered(number), decided_at=now(), **row)
            for number, row in enumerate(drawn, before + 1)
        ]
        lines += map(_line, decisions)
    return decisions


def _line(decision: Decision) -> str:
    row = {name: value for name, value in asdict(decision).items() if value is not None}
    row["decided_at"] = decision.decided_at.isoformat()
    return json.dumps(row, ensure_ascii=False)


def table(decisions: Sequence[Decision]) -> pl.DataFrame:
    """Return the joins and splits as rows of ``identity.decisions``.

    ``revoked_by`` names the decision that took a row back, or the later one about the same two.
    """
    gone = {decision.revokes: decision.decision_id for decision in decisions if decision.revokes}
    last: dict[frozenset[str | None], str] = {}
    for decision in decisions:
        pair = frozenset({decision.identifier_a, decision.identifier_b})
        if decision.verdict != REVOKE and decision.decision_id not in gone:
            if pair in last:
                gone[last[pair]] = decision.decision_id
            last[pair] = decision.decision_id
    names = [field.name for field in fields(Decision) if field.name in TABLE]
    rows = pl.DataFrame(
        [
            {name: getattr(decision, name) for name in names}
            | {"revoked_by": gone.get(decision.decision_id)}
            for decision in decisions
            if decision.verdict != REVOKE
        ],
        schema=TABLE,
    )
    return rows.sort("decided_at", "decision_id")


def in_force(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions that hold, as identity resolution takes them."""
    return rows.filter(pl.col("revoked_by").is_null()).select(DECISIONS.names())
