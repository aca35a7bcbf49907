"""``meta.check_results``: one row per check and run, whoever made the check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal

import duckdb
import polars as pl

from orchestration.frames import append, registered
from orchestration.runs.stages import now

SCHEMA: dict[str, pl.DataType] = {
    "run_id": pl.String(),
    "check_name": pl.String(),
    "asset": pl.String(),
    "passed": pl.Boolean(),
    "severity": pl.String(),
    "blocking": pl.Boolean(),
    "rows_failed": pl.Int64(),
    "message": pl.String(),
    "checked_at": pl.Datetime("us"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found.

    Parameters
    ----------
    asset
        Slash-separated key of what was checked, ``raw/order``.
    blocking
        Whether a failure keeps the run from publishing.
    rows_failed
        How many rows break the rule; None where it is not about rows.
    message
        What was found, without any value from the data: the table is published.
    """

    check_name: str
    asset: str
    passed: bool
    severity: Literal["error", "warn"] = "error"
    blocking: bool = True
    rows_failed: int | None = None
    message: str = ""


def write(con: duckdb.DuckDBPyConnection, run_id: str, results: Sequence[CheckResult]) -> None:
    """Store the results of a run; the same check of the same asset is replaced."""
    if not results:
        return
    checked_at = now()
    rows = pl.DataFrame(
        [(run_id, *astuple(result), checked_at) for result in results],
        schema=SCHEMA,
        orient="row",
    )
    con.begin()
    try:
        with registered(con, "new_results", rows):
            con.execute(
                "delete from meta.check_results as old using new_results as new where "
                "old.run_id = new.run_id and old.check_name = new.check_name "
                "and old.asset = new.asset"
            )
        append(con, "meta.check_results", rows)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def failed(con: duckdb.DuckDBPyConnection, run_id: str) -> list[CheckResult]:
    """Return the checks of a run that did not pass, blocking ones first."""
    rows = con.execute(
        "select check_name, asset, passed, severity, blocking, rows_failed, message "
        "from meta.check_results where run_id = ? and not passed "
        "order by blocking desc, asset, check_name",
        [run_id],
    ).fetchall()
    return [
        CheckResult(
            check_name=name,
            asset=asset,
            passed=passed,
            severity=severity,
            blocking=blocking,
            rows_failed=rows_failed,
            message=message or "",
        )
        for name, asset, passed, severity, blocking, rows_failed, message in rows
    ]
