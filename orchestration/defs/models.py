"""staging/* intermediate/* marts/* features/* meta/*: the dbt models, their tests as checks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration import check_results, dbt_in_process, dbt_selection, stages
from orchestration.check_results import CheckResult
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.home import Home

MANIFEST: Mapping[str, Any] = json.loads(dbt_in_process.manifest_path(Home.find()).read_text())

UNIQUE_ID = "dagster_dbt/unique_id"


BEFORE_DBT = dg.AssetKey(["identity", "identifier_map"])


class Layers(DagsterDbtTranslator):
    """Keys are <schema>/<table> by dagster-dbt's own rules; owner and order are added.

    Seeds and staging do not need identities, but without the dependency Dagster would start dbt
    for them alone, at some seconds a start.
    """

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Return the spec; nodes that read no other dbt node wait for the identities."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        parents = manifest["parent_map"].get(unique_id, [])
        if unique_id.startswith("source.") or any(
            not parent.startswith(("source.", "macro.")) for parent in parents
        ):
            return spec
        if BEFORE_DBT in {dep.asset_key for dep in spec.deps}:
            return spec
        return spec.merge_attributes(deps=[BEFORE_DBT])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """Return the model's owners, else the team that answers for all assets."""
        return super().get_owners(dbt_resource_props) or OWNERS


class Progress:
    """Tells the stage which model dbt has finished last."""

    def __init__(self, stage: stages.Stage) -> None:
        self.stage = stage
        self.finished = 0

    def __call__(self, event: Any) -> None:
        """Take one dbt event, from whichever thread."""
        if event.info.name == "NodeFinished":
            self.finished += 1
            info = event.data.node_info
            if info.resource_type != "test" or info.node_status in ("fail", "error"):
                self.stage.tell(f"{info.node_name} ({self.finished})")


def check_of(result: Any) -> CheckResult:
    """Turn the result of one dbt test, or of a node that broke, into a row of check results."""
    node = result.node
    status = str(result.status)
    is_test = node.resource_type == "test"
    attached = MANIFEST["nodes"][node.unique_id].get("attached_node") or next(
        iter(node.depends_on.nodes), node.unique_id
    )
    of = MANIFEST["nodes"].get(attached) or MANIFEST["sources"][attached]
    warns = status == "warn"
    return CheckResult(
        check_name=node.name if is_test else "was_built",
        asset=f"{of['schema']}/{of.get('alias') or of['name']}"
        if is_test
        else f"{node.schema}/{node.name}",
        passed=status in ("pass", "success"),
        severity="warn" if warns else "error",
        blocking=not warns,
        rows_failed=result.failures if is_test else None,
        message="" if status in ("pass", "success") else f"{status}: {first_line(result.message)}",
    )


def first_line(text: str | None) -> str:
    """Return the first line of dbt's message; later ones quote rows and SQL."""
    return (text or "").strip().split("\n", 1)[0]


def row_counts(build: Build) -> dict[str, int]:
    """Return the rows of every table by ``<schema>/<table>``; views are not counted."""
    with build.connect() as con:
        return {
            f"{schema}/{table}": rows
            for schema, table, rows in con.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables() "
                "where database_name = current_database()"
            ).fetchall()
        }


@dbt_assets(manifest=MANIFEST, name="dbt", dagster_dbt_translator=Layers())
def dbt(
    context: dg.AssetExecutionContext, build: Build
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Build the selected models and run their tests; a failed test stops what depends on it."""
    ids = {
        key: context.assets_def.specs_by_key[key].metadata[UNIQUE_ID]
        for key in context.selected_asset_keys
    }
    arguments = dbt_selection.arguments(MANIFEST, list(ids.values()))
    after_scores = dbt_selection.downstream_of_scores(MANIFEST)
    name = "dbt, after scores" if after_scores.issuperset(ids.values()) else "dbt"
    with build.stage(context.run_id, name) as stage:
        results = dbt_in_process.build(build.home, arguments, Progress(stage))
        checks = [
            check_of(result)
            for result in results
            if result.node.resource_type == "test" or str(result.status) in ("error", "fail")
        ]
        with build.connect() as con:
            check_results.write(con, context.run_id, checks)
        failed = [check for check in checks if not check.passed and check.blocking]
        rows = row_counts(build)
        stage.rows = sum(rows.get("/".join(key.path), 0) for key in ids)
        stage.note = (
            f"{len(ids)} models, {sum(r.node.resource_type == 'test' for r in results)} tests"
        )
    by_id = {result.node.unique_id: result for result in results}
    keys = {unique_id: key for key, unique_id in ids.items()}
    # in the order in which dbt finished them: Dagster wants parents first
    for unique_id, result in by_id.items():
        if unique_id in keys and str(result.status) == "success":
            key = keys[unique_id]
            metadata: dict[str, Any] = {"seconds": result.execution_time}
            if "/".join(key.path) in rows:
                metadata["dagster/row_count"] = rows["/".join(key.path)]
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    for spec in context.assets_def.check_specs:
        result = by_id.get((spec.metadata or {}).get(UNIQUE_ID))
        if result is None or spec.key not in context.selected_asset_check_keys:
            continue
        check = check_of(result)
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=check.passed,
            severity=dg.AssetCheckSeverity.WARN
            if check.severity == "warn"
            else dg.AssetCheckSeverity.ERROR,
            metadata={"rows_failed": check.rows_failed or 0, "message": check.message},
        )
    if failed:
        raise dg.Failure(
            f"{len(failed)} dbt tests or models failed: "
            + ", ".join(f"{check.asset} {check.check_name}" for check in failed[:10]),
            allow_retries=False,
        )
