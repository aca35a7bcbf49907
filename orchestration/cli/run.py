"""``crm run``: load what has landed, build, score, check, publish."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import HomeOption


def run(
    home: HomeOption = None,
    allow_shrink: Annotated[
        bool,
        typer.Option(
            "--allow-shrink",
            help="Publish although a table lost more than half of its rows since the last time.",
        ),
    ] = False,
    full_refresh: Annotated[
        bool,
        typer.Option(
            "--full-refresh",
            help="Build every model and ask every data test, also those whose inputs are the same.",
        ),
    ] = False,
) -> None:
    """Load what has landed, resolve identities, build, score, check and publish.

    Readers get the new generation only if every blocking check passes; otherwise the exit code is
    1 and published/crm.duckdb stays as it is. A model whose SQL and inputs are what they were is
    kept, and so is the result of a data test that passed.
    """
    from orchestration.cli.configuration import configuration, require_landed_files
    from orchestration.cli.job import run_job
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.identity.guards import read_guards

    chosen = Home.find(home)
    config = configuration(chosen)
    read_guards(chosen)
    require_landed_files(chosen, config)
    outcome = run_job(
        chosen, terminal(stderr=True), allow_shrink=allow_shrink, full_refresh=full_refresh
    )
    outcome.report(terminal())
    raise typer.Exit(outcome.exit_code)
