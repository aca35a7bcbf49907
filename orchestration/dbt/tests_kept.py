"""Data tests that passed over the very same rows: their results count for this run, too.

Tests, and the versions of what they read (``dbt_kept``), in; a verdict for each out. A test that
failed is asked again, and so is one whose SQL is not made of rows alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import duckdb
import polars as pl

from orchestration.checks.check_results import CheckResult
from orchestration.dbt.kept import Kept
from orchestration.dbt.reads import is_pure
from orchestration.dbt.tests import run_test
from orchestration.frames import append, registered
from orchestration.table_prints import digest

Manifest = Mapping[str, Any]

TABLE = "kept.data_tests"
"""In the build database, and in a schema that is not published."""

_SCHEMA: dict[str, pl.DataType] = {
    "unique_id": pl.String(),
    "made_of": pl.String(),
    "result": pl.String(),
}

_CONFIG = ("fail_calc", "limit", "warn_if", "error_if", "severity")


def _made_of(kept: Kept, manifest: Manifest, unique_id: str) -> str:
    node = manifest["nodes"][unique_id]
    asked = [node["config"].get(name) for name in _CONFIG]
    about = (node["name"], node.get("attached_node"), node["depends_on"]["nodes"])
    return digest(kept.made_of(unique_id), asked, about)


def _passed_before(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    con.execute("create schema if not exists kept")
    con.execute(
        f"create table if not exists {TABLE} (unique_id varchar, made_of varchar, result varchar)"
    )
    rows = con.execute(f"select unique_id, made_of, result from {TABLE}").fetchall()  # noqa: S608
    return {(unique_id, made_of): result for unique_id, made_of, result in rows}


def _keep(con: duckdb.DuckDBPyConnection, asked: list[tuple[str, str, CheckResult]]) -> None:
    """Replace what is kept of the tests that were asked; only those that passed are kept."""
    if not asked:
        return
    rows = pl.DataFrame(
        [(one, made_of, json.dumps(asdict(result))) for one, made_of, result in asked],
        schema=_SCHEMA,
        orient="row",
    )
    passed = rows.filter(pl.Series([result.passed for *_, result in asked]))
    con.begin()
    try:
        with registered(con, "asked", rows):
            con.execute(
                f"delete from {TABLE} where unique_id in (select unique_id from asked)"  # noqa: S608
            )
        append(con, TABLE, passed)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def run_tests(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    sql: Mapping[str, str],
    unique_ids: Collection[str],
    kept: Kept,
) -> tuple[dict[str, CheckResult], int]:
    """Return the result of each test, and how many were not asked.

    Parameters
    ----------
    kept
        Of the build before it.
    """
    passed = _passed_before(con)
    before = {} if kept.full_refresh else passed
    results: dict[str, CheckResult] = {}
    asked: list[tuple[str, str, CheckResult]] = []
    for unique_id in unique_ids:
        made_of = _made_of(kept, manifest, unique_id)
        known = before.get((unique_id, made_of)) if is_pure(sql[unique_id]) else None
        if known is None:
            result = run_test(con, manifest, unique_id, sql[unique_id])
            asked.append((unique_id, made_of, result))
        else:
            result = CheckResult(**json.loads(known))
        results[unique_id] = result
    _keep(con, asked)
    return results, len(results) - len(asked)
