"""Batches against tables: every row that a batch says it stored is there, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from orchestration.checks.check_results import CheckResult
from orchestration.sql_text import quoted
from orchestration.sql_values import integer

_STORED = {
    "rows_loaded": "select batch_id, count(*) as n from raw.{table} group by batch_id",
    "rows_quarantined": "select batch_id, count(*) as n from meta.quarantine group by batch_id",
}


def reconciliation(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    """Compare what ``meta.ingest_files`` counted with what ``raw`` and the quarantine hold."""
    tables = con.execute(
        "select table_name from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'raw' order by table_name"
    ).fetchall()
    for column, query in _STORED.items():
        found = " union all ".join(
            dict.fromkeys(query.format(table=quoted(table)) for (table,) in tables)
        )
        wrong = integer(
            con,
            f"""
            with found as (select batch_id, sum(n) as n from ({found}) group by batch_id),
            told as (
                select batch_id, sum({column}) as n from meta.ingest_files group by batch_id
            )
            select count(*) from told full join found using (batch_id)
            where coalesce(told.n, 0) <> coalesce(found.n, 0)
            """,  # noqa: S608
        )
        yield CheckResult(
            check_name=f"{column}_are_all_there",
            asset="meta/ingest_files",
            passed=wrong == 0,
            rows_failed=wrong,
            message=f"{wrong} batches hold other {column} than they counted" if wrong else "",
        )


def sources_loaded(con: duckdb.DuckDBPyConnection, since: datetime) -> Iterator[CheckResult]:
    """Report sources whose last batch failed; readers get their old data, so it does not block.

    Parameters
    ----------
    since
        Start of the run, naive UTC: batches before it are another run's.
    """
    rows = con.execute(
        "select source, status from meta.ingest_batches where started_at >= ? "
        "qualify row_number() over (partition by source order by started_at desc, batch_id) = 1 "
        "order by source",
        [since],
    ).fetchall()
    for source, status in rows:
        fell = status == "failed"
        yield CheckResult(
            check_name="source_was_loaded",
            asset=f"source/{source}",
            passed=not fell,
            blocking=False,
            message=f"source {source} failed and keeps its old data; see `crm status`"
            if fell
            else "",
        )
