"""raw/<entity>: everything in landing/ that is not loaded yet."""

from collections.abc import Iterator

import dagster as dg

from ingest.config import read_config
from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.loading import load_landing
from orchestration.runs.stages import begin_run
from orchestration.sql_values import integer

META_TABLES = {
    "settings": "The company and the day the warehouse looks from.",
    "ingest_batches": "One row per load of one source: read, loaded, duplicate, quarantined.",
    "ingest_files": "One row per file and load.",
    "quarantine": "Records that could not be read or break their contract, with the reason.",
}


def specs() -> list[dg.AssetSpec]:
    """Describe the tables; a list in the module would be loaded as assets of its own."""
    described = {
        ("raw", name): f"{contract.grain[0].upper()}{contract.grain[1:]}; every version kept."
        for name, contract in CONTRACTS.items()
    } | {("meta", name): text for name, text in META_TABLES.items()}
    return [
        dg.AssetSpec(
            [schema, name],
            group_name="ingest",
            description=text,
            kinds={"python", "duckdb"},
            owners=OWNERS,
        )
        for (schema, name), text in described.items()
    ]


@dg.multi_asset(specs=specs(), name="ingest")
def ingest(context: dg.AssetExecutionContext, build: Build) -> Iterator[dg.MaterializeResult]:
    """Load the new files of every source, one transaction per file.

    One step for all tables: a file may hold rows of several of them.
    """
    home = build.home.require()
    config = read_config(home.sources_file)
    with build.stage(context.run.run_id, "ingest") as stage:
        with build.connect() as con:
            create_schemas_and_tables(con)
            begin_run(con, context.run.run_id)
        batches = load_landing(home, config, tell=stage.tell)
        stage.rows = sum(batch.rows_loaded for batch in batches)
        failed = sum(batch.status == "failed" for batch in batches)
        stage.note = f"{sum(batch.files for batch in batches):,} files" + (
            f", {failed} sources failed" if failed else ""
        )
        with build.connect() as con:
            counts = [
                integer(con, f"select count(*) from {table(spec)}")  # noqa: S608
                for spec in specs()
            ]
    for spec, count in zip(specs(), counts, strict=True):
        yield dg.MaterializeResult(
            asset_key=spec.key,
            metadata={"dagster/row_count": count, "seconds": stage.seconds},
        )


def table(spec: dg.AssetSpec) -> str:
    """Return the table of an asset, quoted."""
    return ".".join(f'"{part}"' for part in spec.key.path)
