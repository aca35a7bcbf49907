"""identity/*: which identifiers belong to one customer."""

from collections.abc import Iterator

import dagster as dg

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.identity.decisions import read_decisions, table
from orchestration.identity.guards import note_role_addresses, read_guards
from orchestration.identity.quality import measure
from orchestration.identity.resolve import identity_key, resolve_identities
from orchestration.sql_values import integer

TABLES = {
    "customers": "Every customer id ever given, with the one it was merged into.",
    "identifier_map": "Every identifier ever seen and the customer it belongs to, with its past.",
    "edges": "Why two identifiers are one customer's, or were kept apart.",
    "events": "Customers created, merged and split.",
    "person_accounts": "Which person belonged to which company, from when to when.",
    "review_queue": "What a person should decide: links stopped by a guard.",
    "decisions": "What people decided: who is one, who is not.",
}


def specs() -> list[dg.AssetSpec]:
    """Describe the tables; a list in the module would be loaded as assets of its own."""
    return [
        dg.AssetSpec(
            ["identity", table],
            deps=[["raw", name] for name in CONTRACTS],
            group_name="identity",
            description=description,
            kinds={"python", "duckdb"},
            owners=OWNERS,
        )
        for table, description in TABLES.items()
    ]


@dg.multi_asset(specs=specs(), name="identity")
def identity(context: dg.AssetExecutionContext, build: Build) -> Iterator[dg.MaterializeResult]:
    """Resolve all identifiers in ``raw`` to customers; ids given before stay."""
    with build.stage(context.run.run_id, "identity") as stage:
        guards = read_guards(build.home)
        with build.connect() as con:
            create_schemas_and_tables(con)
            note_role_addresses(con, guards)
            resolve_identities(
                con,
                key=identity_key(build.home.folder),
                run_id=context.run.run_id,
                guards=guards,
                decisions=table(read_decisions(build.home)),
                ledger_copy=build.home.folder / "identity" / "customers.parquet",
            )
            measure(con, run_id=context.run.run_id, home=build.home.folder)
            counts = {
                name: integer(con, f"select count(*) from identity.{name}")  # noqa: S608
                for name in TABLES
            }
        stage.rows = counts["identifier_map"]
        stage.note = f"{counts['customers']:,} customers"
    for spec in specs():
        yield dg.MaterializeResult(
            asset_key=spec.key,
            metadata={
                "dagster/row_count": counts[spec.key.path[-1]],
                "seconds": stage.seconds,
            },
        )
