"""crm/outbox: what this generation tells systems that act, and the checks of it."""

import dagster as dg

from orchestration.checks import check_results
from orchestration.defs.models import dbt
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.defs.scores import SCORE_KEYS
from orchestration.gate.outbox import outbox_checks
from orchestration.outbox.declarations import load
from orchestration.outbox.tell import tell
from orchestration.runs import stages

OUTBOX = dg.AssetKey(["crm", "outbox"])


@dg.asset(
    key=OUTBOX,
    deps=[*dbt.keys, *SCORE_KEYS],
    group_name="publish",
    kinds={"python", "duckdb"},
    owners=OWNERS,
)
def outbox(context: dg.AssetExecutionContext, build: Build) -> dg.MaterializeResult:
    """Tell what changed against what was last told; it is told once the generation is published."""
    declarations = load()
    with build.stage(context.run.run_id, "crm/outbox") as stage:
        with build.connect() as con:
            stages.begin_run(con, context.run.run_id)
            found = tell(con, build.home, declarations)
            results = list(outbox_checks(con, build.home, declarations))
            check_results.write(con, context.run.run_id, results)
        stage.rows = sum(found.values())
        stage.note = ", ".join(f"{count:,} {op}s" for op, count in found.items())
    return dg.MaterializeResult(
        metadata={"dagster/row_count": stage.rows, "seconds": stage.seconds, **found}
    )
