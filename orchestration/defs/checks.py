"""Checks of raw/<entity>: the newest rows against their contract, before anything is built."""

from collections.abc import Iterator

import dagster as dg

from ingest.contracts import CONTRACTS
from orchestration.checks import check_results
from orchestration.checks.contracts import check_contracts
from orchestration.defs.resources import Build


# one step for all: Great Expectations costs 5 s to import, a suite 0.2 s to run
@dg.multi_asset_check(
    name="contracts",
    specs=[
        dg.AssetCheckSpec(
            "contract",
            asset=["raw", name],
            blocking=True,
            description=f"The newest rows keep the contract of {contract.plural}.",
        )
        for name, contract in CONTRACTS.items()
    ],
)
def contracts(
    context: dg.AssetCheckExecutionContext, build: Build
) -> Iterator[dg.AssetCheckResult]:
    """Run the contracts' Great Expectations suites; pages with the results in data_docs/."""
    with build.stage(context.run.run_id, "contracts") as stage:
        found = {check.entity: check for check in check_contracts(build.home)}
        stage.rows = sum(check.rows for check in found.values())
        results = [result for check in found.values() for result in check.results]
        stage.note = f"{len(results)} expectations"
        with build.connect() as con:
            check_results.write(con, context.run.run_id, results)
    pages = dg.MetadataValue.path(build.home.data_docs / "index.html")
    for name in CONTRACTS:
        check = found.get(name)
        broken = [result for result in check.results if not result.passed] if check else []
        yield dg.AssetCheckResult(
            asset_key=["raw", name],
            check_name="contract",
            passed=not broken,
            metadata={
                "rows": check.rows if check else 0,
                "broken": ", ".join(f"{one.check_name}: {one.message}" for one in broken) or "none",
                "data_docs": pages,
            },
        )
