"""All checks of a run into one: the row ``gate``, which publishing asks for."""

from __future__ import annotations

from datetime import datetime

import duckdb

from orchestration.checks.check_results import CheckResult, write
from orchestration.gate.against_published import no_older, score_shift, shrinkage
from orchestration.gate.freshness import freshness
from orchestration.gate.reconciliation import reconciliation, sources_loaded
from orchestration.gate.scores import PROBABILITY_SCORES, score_sanity
from orchestration.home import Home
from orchestration.publishing import generations
from orchestration.publishing.published import attached
from orchestration.sql_values import value

MUST_HAVE_RUN = {
    "contract": "asset like 'raw/%'",
    "dbt": "asset like 'marts/%'",
    # dbt makes tables of crm too, and their tests say nothing of the scores
    "score": " or ".join(f"asset = 'crm/{score}'" for score in PROBABILITY_SCORES),
    "outbox": "asset = 'crm/outbox'",
}
"""Kinds of checks that a run cannot do without, and how their rows are told."""


def build_checks(
    con: duckdb.DuckDBPyConnection, home: Home, run_id: str, *, may_shrink: bool
) -> list[CheckResult]:
    """Run the checks that need the whole build; the published file is read, never opened twice."""
    since = value(con, "select started_at from meta.runs where run_id = ?", [run_id])
    results = [*reconciliation(con), *score_sanity(con), *freshness(con)]
    if isinstance(since, datetime):
        results += sources_loaded(con, since)
    if generations.current(home) is not None:
        with attached(con, home):
            results += [*shrinkage(con, may_shrink=may_shrink), *no_older(con), *score_shift(con)]
    return results


def verdict(con: duckdb.DuckDBPyConnection, run_id: str) -> CheckResult:
    """Return the row ``gate`` for everything that ``meta.check_results`` has of this run."""
    missing = [
        kind
        for kind, condition in MUST_HAVE_RUN.items()
        if not value(
            con,
            f"select count(*) from meta.check_results where run_id = ? and ({condition})",  # noqa: S608
            [run_id],
        )
    ]
    found = con.execute(
        "select count(*), count(*) filter (not passed and blocking), "
        "count(*) filter (not passed and not blocking), "
        "sum(rows_failed) filter (not passed and blocking) "
        "from meta.check_results where run_id = ? and check_name <> 'gate'",
        [run_id],
    ).fetchone()
    assert found is not None  # noqa: S101 - aggregates have one row
    total, failed, warned, rows = found
    message = f"{total} checks, {failed} blocking ones failed, {warned} others did"
    if missing:
        message += f"; no {' and no '.join(missing)} check has run"
    return CheckResult(
        check_name="gate",
        asset="published/crm",
        passed=failed == 0 and not missing,
        rows_failed=int(rows or 0),
        message=message,
    )


def ask(
    con: duckdb.DuckDBPyConnection, home: Home, run_id: str, *, may_shrink: bool = False
) -> CheckResult:
    """Run the remaining checks, store them and the verdict, and return the verdict."""
    write(con, run_id, build_checks(con, home, run_id, may_shrink=may_shrink))
    answer = verdict(con, run_id)
    write(con, run_id, [answer])
    return answer
