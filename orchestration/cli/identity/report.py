"""Explanations and cases, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models_ml.identity.decisions import DECISION, SPLIT
from models_ml.identity.matching.comparisons import NICKNAME
from orchestration.home import Home
from orchestration.identity.decisions import read_decisions, table
from orchestration.repair.cases import Case
from orchestration.repair.explanation import Explanation
from orchestration.repair.waterfall import edge_evidence


def report(found: Explanation, home: Home, console: Console) -> None:
    """Say whether two are one, and show the edges that make them so or fail to."""
    for subject in (found.one, found.other):
        shown = "" if subject.given == subject.identifier else f" is {subject.identifier}"
        customer = subject.customer_id or "nobody: no customer has it"
        console.print(Text(f"{subject.given}{shown}  ->  {customer}"), soft_wrap=True)
    if found.together:
        console.print(Text(f"\nOne customer, {found.one.customer_id}, because:", style="bold"))
        _steps(found.steps, console)
        _joined_because(found.steps, home, console)
        _decided([row for row in found.decided if row["verdict"] == SPLIT], console)
    else:
        console.print(Text("\nNot one customer.", style="bold"))
        _decided(found.decided, console)
        _why_not(found, console)


def _joined_because(steps: Sequence[dict[str, Any]], home: Home, console: Console) -> None:
    """Say why somebody decided that two are one, where that is a step of the way."""
    named = [step["evidence"] for step in steps if step["edge_type"] == DECISION]
    for row in table(read_decisions(home)).iter_rows(named=True):
        if row["decision_id"] in named:
            said = f"{row['decision_id']}, by {row['author']}: {row['reason']}"
            if row["revoked_by"] is not None:
                said += f" (taken back by {row['revoked_by']}, from the next `crm run` on)"
            console.print(Text(said), soft_wrap=True)


def _decided(decisions: Sequence[dict[str, Any]], console: Console) -> None:
    """Say what was decided, by whom and why."""
    for row in decisions:
        number = "two" if row["verdict"] == SPLIT else "one"
        since = ", in force with the next `crm run`" if row["is_waiting"] else ""
        if row["revoked_by"] is not None:
            since = f", taken back by {row['revoked_by']} from the next `crm run` on"
        said = (
            f"{row['author']} decided on {row['decided_at']:%Y-%m-%d} that {row['identifier_a']} "
            f"and {row['identifier_b']} are {number}: {row['reason']} ({row['decision_id']}{since})"
        )
        console.print(Text(said), soft_wrap=True)


def _why_not(found: Explanation, console: Console) -> None:
    if not found.steps:
        # a chain of strangers who share numbers leads nearly everywhere, so it is not looked for
        console.print(
            "No evidence, not even stopped evidence, leads from one to the other, directly or over "
            "one identifier of somebody else.",
            soft_wrap=True,
        )
        return
    console.print("What would join them, and what was stopped of it:")
    _steps(found.steps, console)
    for review_id, status, reason in found.questions:
        console.print(Text(f"{review_id} ({status}): {reason}"), soft_wrap=True)


def _steps(steps: Sequence[dict[str, Any]], console: Console) -> None:
    told = [edge_evidence(step["evidence"], step["status"]) for step in steps]
    shown = Table("", "from", "to", "kind", "stated by", "source", "first seen", "last seen", "")
    for number, (step, evidence) in enumerate(zip(steps, told, strict=True), 1):
        used = step["status"] == "used"
        shown.add_row(
            str(number),
            Text(step["came_from"]),
            Text(step["went_to"]),
            step["edge_type"],
            Text(evidence.stated_by),
            Text(step["source"] or ""),
            _day(step["first_seen_at"]),
            _day(step["last_seen_at"]),
            Text("used" if used else f"stopped: {evidence.stopped_by}",
                 style="green" if used else "yellow"),
        )  # fmt: skip
    console.print(shown)
    for number, (step, evidence) in enumerate(zip(steps, told, strict=True), 1):
        if evidence.columns:
            title = f"Step {number}: what each column told, in bits"
            parts = Table("column", "found", "bits", "sum", title=title, title_justify="left")
            for part in evidence.columns:
                # a record that was erased since names nobody any more
                names = step["short_name"] if part.relation == NICKNAME else None
                found = Text(names or part.relation)
                parts.add_row(part.column, found, f"{part.bits:+.2f}", f"{part.total:+.2f}")
            console.print(parts)


def _day(moment: Any) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


def list_cases(total: int, cases: Sequence[Case], console: Console) -> None:
    """Print the open cases, one line each."""
    if not total:
        console.print("No case is open.")
        return
    shown = Table("case", "reason", "identifiers", title=f"{total:,} open", title_justify="left")
    for case in cases:
        first = ", ".join(case.identifiers[:3])
        more = f" and {len(case.identifiers) - 3} more" if len(case.identifiers) > 3 else ""
        shown.add_row(case.review_id, Text(case.reason), Text(first + more))
    console.print(shown)
    console.print("Decide one with `crm identity review CASE --accept` or `--reject`.")


def show_case(case: Case, decided: pl.DataFrame, console: Console) -> None:
    """Print one case with everything that is known of it, decisions about its identifiers too."""
    console.print(Text(f"{case.review_id} ({case.status}, {case.reason_code})", style="bold"))
    console.print(Text(case.reason), soft_wrap=True)
    for identifier in case.identifiers:
        console.print(Text(f"  {identifier}"), soft_wrap=True)
    console.print(Text(f"rests on {case.evidence}"), soft_wrap=True)
    for row in decided.iter_rows(named=True):
        ends = (row["identifier_a"], row["identifier_b"])
        if all(end in case.identifiers for end in ends):
            does = "keeps {} and {} apart" if row["verdict"] == SPLIT else "joins {} and {}"
            said = f"{row['decision_id']} {does.format(*ends)}: {row['reason']}"
            console.print(Text(said), soft_wrap=True)
