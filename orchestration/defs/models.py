"""staging/* intermediate/* marts/* crm/* features/* meta/*: dbt models, their tests as checks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb

from orchestration.checks import check_results
from orchestration.checks.check_results import CheckResult
from orchestration.dbt import assets as dbt_assets
from orchestration.dbt import models as dbt_models
from orchestration.dbt import prepared, tests_kept
from orchestration.dbt import selection as dbt_selection
from orchestration.dbt import tests as dbt_tests
from orchestration.dbt.kept import Kept
from orchestration.dbt.models import NodeResult
from orchestration.dbt.reads import Relation
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.runs import stages

MANIFEST: Mapping[str, Any] = prepared.project().manifest

BEFORE_DBT = dg.AssetKey(["identity", "identifier_map"])


_PRINTS: dict[str, dict[Relation, str]] = {}
"""Prints of raw and identity tables, by the one run of this process that made them: its two steps
read the same rows."""


def prints_of(run_id: str) -> dict[Relation, str]:
    """Return the prints that earlier steps of a run have made."""
    if run_id not in _PRINTS:
        _PRINTS.clear()
    return _PRINTS.setdefault(run_id, {})


class Progress:
    """Tells the stage which model was finished last, and how many of them."""

    def __init__(self, stage: stages.Stage, count: int) -> None:
        self.stage = stage
        self.count = count
        self.finished = 0

    def __call__(self, result: NodeResult) -> None:
        """Take one finished node."""
        self.finished += 1
        name = result.unique_id.rpartition(".")[2]
        self.stage.tell(f"{name} ({self.finished} of {self.count})")


def was_built(result: NodeResult) -> CheckResult:
    """Turn a node that broke into a row of check results.

    The error itself is not kept: its text may quote a value, and the table is published.
    """
    return CheckResult(
        check_name="was_built",
        asset=dbt_tests.asset_name(MANIFEST["nodes"][result.unique_id]),
        passed=False,
        message="it could not be built; the run's log says why",
    )


def row_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the rows of every table by ``<schema>/<table>``; views are not counted."""
    return {
        f"{schema}/{table}": rows
        for schema, table, rows in con.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() "
            "where database_name = current_database()"
        ).fetchall()
    }


@dg.multi_asset(
    name="dbt",
    specs=dbt_assets.asset_specs(MANIFEST, before=BEFORE_DBT, owners=OWNERS),
    check_specs=dbt_assets.check_specs(MANIFEST),
    can_subset=True,
)
def dbt(
    context: dg.AssetExecutionContext, build: Build
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Build the selected models and run their tests; a failed test stops what depends on it."""
    ids = {
        key: context.assets_def.specs_by_key[key].metadata[dbt_assets.UNIQUE_ID]
        for key in context.selected_asset_keys
    }
    after_scores = dbt_selection.downstream_of_scores(MANIFEST)
    name = "dbt, after scores" if after_scores.issuperset(ids.values()) else "dbt"
    with build.stage(context.run.run_id, name) as stage:
        project, told = prepared.project(), Progress(stage, len(ids))
        sql = project.sql
        with build.connect() as con:
            kept = Kept(
                con,
                MANIFEST,
                sql,
                changes=project.changes,
                full_refresh=build.full_refresh,
                known=prints_of(context.run.run_id),
            )
            results = dbt_models.build(
                con, MANIFEST, sql, ids.values(), told, changes=project.changes, kept=kept
            )
            built = {one.unique_id: one for one in results if one.stands}
            broken = [one for one in results if one.status == "error"]
            for result in broken:
                context.log.error(f"{result.unique_id}: {result.message}")
            stage.tell("tests")
            tests, tests_as_before = tests_kept.run_tests(
                con, MANIFEST, sql, runnable_tests(built, ids.values()), kept
            )
            checks = [*tests.values(), *map(was_built, broken)]
            check_results.write(con, context.run.run_id, checks)
            rows = row_counts(con)
        failed = [check for check in checks if not check.passed and check.blocking]
        stage.rows = sum(rows.get("/".join(key.path), 0) for key in ids)
        as_before = sum(one.status == "kept" for one in results)
        stage.note = (
            f"{len(built)} models ({as_before} kept), {len(tests)} tests ({tests_as_before} kept)"
        )
    keys = {unique_id: key for key, unique_id in ids.items()}
    # in the order in which they were finished: Dagster wants parents first
    for unique_id, result in built.items():
        if unique_id in keys:
            key = keys[unique_id]
            metadata: dict[str, Any] = {
                "seconds": result.seconds,
                "kept": result.status == "kept",
            }
            if "/".join(key.path) in rows:
                metadata["dagster/row_count"] = rows["/".join(key.path)]
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    for check_key in context.selected_asset_check_keys:
        of_asset = [c for c in tests.values() if c.asset == "/".join(check_key.asset_key.path)]
        if of_asset:
            yield asset_check(check_key, of_asset)
    if broken or failed:
        raise dg.Failure(
            "; ".join(
                [f"{one.unique_id.rpartition('.')[2]}: {one.message}" for one in broken[:3]]
                or [f"{len(failed)} dbt tests failed"]
            ),
            allow_retries=False,
        )


def runnable_tests(built: Collection[str], selected: Collection[str]) -> list[str]:
    """Return the tests of what was built, without those that also need a node that broke."""
    missing = set(selected) - set(built)
    return [
        unique_id
        for unique_id in dbt_selection.data_tests_of(MANIFEST, built)
        if not missing.intersection(MANIFEST["nodes"][unique_id]["depends_on"]["nodes"])
    ]


def asset_check(key: dg.AssetCheckKey, checks: Sequence[CheckResult]) -> dg.AssetCheckResult:
    """Return the results of a model's tests in Dagster's terms."""
    bad = [check for check in checks if not check.passed]
    warns = not any(check.blocking for check in bad)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not bad,
        severity=dg.AssetCheckSeverity.WARN if bad and warns else dg.AssetCheckSeverity.ERROR,
        metadata={
            "tests": len(checks),
            "rows_failed": sum(check.rows_failed or 0 for check in bad),
            "failed": ", ".join(f"{c.check_name} ({c.message})" for c in bad) or "none",
        },
    )
