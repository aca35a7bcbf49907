"""Scores that cannot be right: not a probability, twice per entity, the same for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from orchestration.checks.check_results import CheckResult
from orchestration.sql_text import quoted

PROBABILITY_SCORES = {"lead_scores": "lead_id", "churn_risk": "customer_id"}
"""Scores that are probabilities, and the column that names whom they are about."""

SMALLEST_COMPARED = 20
"""Rows from which on identical probabilities are a fault and not a coincidence."""


def score_sanity(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    """Check the newest rows of every probability score."""
    for score, entity in PROBABILITY_SCORES.items():
        table = f"crm.{quoted(score)}"
        counted = con.execute(
            f"""
            select count(*),
                count(*) filter (
                    where (
                        probability between 0 and 1 and score between 0 and 100
                        and p_low <= probability and probability <= p_high
                    ) is not true
                ),
                count(*) - count(distinct {quoted(entity)}),
                coalesce(max(probability) = min(probability), false)
            from {table} where as_of = (select max(as_of) from {table})
            """  # noqa: S608
        ).fetchone()
        assert counted is not None  # noqa: S101 - aggregates have one row
        rows, invalid, repeated, constant = counted
        constant = constant and rows >= SMALLEST_COMPARED
        yield CheckResult(
            check_name="probabilities_are_probabilities",
            asset=f"crm/{score}",
            passed=invalid == 0,
            rows_failed=invalid,
            message=f"{invalid} rows outside their range" if invalid else "",
        )
        yield CheckResult(
            check_name="one_score_per_entity",
            asset=f"crm/{score}",
            passed=repeated == 0,
            rows_failed=repeated,
            message=f"{repeated} rows too many" if repeated else "",
        )
        yield CheckResult(
            check_name="scores_tell_entities_apart",
            asset=f"crm/{score}",
            passed=not constant,
            message=f"all {rows} probabilities are the same" if constant else "",
        )
