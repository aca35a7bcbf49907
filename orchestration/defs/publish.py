"""published/crm: the gate's verdict over the run, and the generation that readers open."""

import dagster as dg

from orchestration.defs.models import MANIFEST, dbt
from orchestration.defs.outbox import OUTBOX
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.defs.scores import SCORE_KEYS
from orchestration.gate.verdict import ask
from orchestration.publishing.publish import publish
from orchestration.runs import stages

CHECK_RESULTS = dg.AssetKey(["meta", "check_results"])


class Gate(dg.Config):
    """What a person may decide about one run.

    Parameters
    ----------
    allow_shrink
        Publish although a table lost more than half of its rows.
    """

    allow_shrink: bool = False


@dg.asset(
    key=CHECK_RESULTS,
    deps=[OUTBOX, *dbt.keys, *SCORE_KEYS],
    group_name="publish",
    kinds={"python", "duckdb"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            "gate",
            asset=CHECK_RESULTS,
            blocking=True,
            description="Every blocking check of this run has passed.",
        )
    ],
)
def check_results(
    context: dg.AssetExecutionContext, build: Build, config: Gate
) -> dg.MaterializeResult:
    """Every check of the run, with the ones that need the whole build, and the verdict."""
    with build.stage(context.run.run_id, "gate") as stage:
        with build.connect() as con:
            stages.begin_run(con, context.run.run_id)
            verdict = ask(con, build.home, context.run.run_id, may_shrink=config.allow_shrink)
        stage.note = verdict.message
    return dg.MaterializeResult(
        asset_key=CHECK_RESULTS,
        metadata={"seconds": stage.seconds, "verdict": verdict.message},
        check_results=[
            dg.AssetCheckResult(
                check_name="gate", passed=verdict.passed, metadata={"verdict": verdict.message}
            )
        ],
    )


def comments() -> dict[tuple[str, str, str], str]:
    """Return what dbt's YAML says about every model and its columns.

    dbt could write it into the build database itself, at 30 ms a model and run.
    """
    found = {}
    for node in MANIFEST["nodes"].values():
        if node["resource_type"] in ("model", "seed", "snapshot"):
            table = (node["schema"], node["alias"])
            found[(*table, "")] = node["description"]
            for name, column in node["columns"].items():
                found[(*table, name)] = column["description"]
    return {key: text for key, text in found.items() if text}


@dg.asset(
    key=["published", "crm"],
    deps=[CHECK_RESULTS, *dbt.keys, *SCORE_KEYS],
    group_name="publish",
    kinds={"duckdb"},
    owners=OWNERS,
)
def published(context: dg.AssetExecutionContext, build: Build) -> dg.MaterializeResult:
    """Schemas marts, crm and meta in a file of their own, swapped in whole."""
    with build.stage(context.run.run_id, "publish") as stage:
        done = publish(build.home, context.run.run_id, comments())
        stage.rows = sum(done.row_counts.values())
        stage.note = f"generation {done.generation}"
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": stage.rows,
            "seconds": stage.seconds,
            "generation": done.generation,
            "size_bytes": done.size_bytes,
            "path": dg.MetadataValue.path(done.path),
        }
    )
