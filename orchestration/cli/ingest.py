"""``crm ingest``: only load what has landed."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import HomeOption


def ingest(
    home: HomeOption = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Load this source only; repeatable.",
            show_default=False,
        ),
    ] = None,
    replay: Annotated[
        bool,
        typer.Option(
            "--replay",
            help="Empty raw first and load everything in landing/ again; with --source, what is "
            "of these sources.",
        ),
    ] = False,
) -> None:
    """Load what has landed into raw.* and stop there; `crm run` does this and everything after.

    Each file is committed as a whole, so an interrupted load goes on where it was. Records that
    break their contract go to meta.quarantine with the reason.
    """
    from orchestration.cli.batches import LoadedSource, batch_table
    from orchestration.cli.configuration import configuration, require_landed_files
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.loading import load_landing

    chosen = Home.find(home)
    config = configuration(chosen)
    require_landed_files(chosen, config)
    with terminal(stderr=True).status("loading") as line:
        batches = load_landing(chosen, config, only=source, replay=replay, tell=line.update)
    console = terminal()
    console.print(
        batch_table(
            LoadedSource(
                source=batch.source,
                records_read=batch.records_read,
                rows_loaded=batch.rows_loaded,
                rows_duplicate=batch.rows_duplicate,
                rows_quarantined=batch.rows_quarantined,
                status=batch.status,
            )
            for batch in batches
        )
    )
    failed = [batch for batch in batches if batch.status == "failed"]
    for batch in failed:
        console.print(f"[red]{batch.source} failed[/]: {batch.message}", soft_wrap=True)
    raise typer.Exit(1 if failed else 0)
