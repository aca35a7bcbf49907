"""``crm sources``: what sources.yml says, and whether it fits what has landed."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import HomeOption

app = typer.Typer(
    no_args_is_help=True,
    help="Look at sources.yml: which files feed which entity.",
    rich_markup_mode="rich",
)


@app.command("list")
def list_sources(home: HomeOption = None) -> None:
    """List the sources, the files each has, and what was loaded last."""
    from rich.table import Table

    from orchestration.cli.configuration import configuration
    from orchestration.cli.loaded import last_batches
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home

    chosen = Home.find(home)
    config = configuration(chosen)
    batches = last_batches(chosen)
    table = Table("source", "format", "entity", "path", "files", "last loaded (UTC)", "status")
    for source in config.sources:
        files = sum(path.is_file() for path in chosen.landing.glob(source.path))
        loaded_at, status = batches.get(source.name, (None, "never"))
        table.add_row(
            source.name,
            source.format,
            source.entity or "its own",
            source.path,
            f"{files:,}" if files else "[red]none[/]",
            f"{loaded_at:%Y-%m-%d %H:%M}" if loaded_at else "",
            f"[red]{status}[/]" if status == "failed" else status,
        )
    terminal().print(table)


@app.command("check")
def check_sources(
    home: HomeOption = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Check this source only; repeatable.",
            show_default=False,
        ),
    ] = None,
    preview: Annotated[int, typer.Option(help="Rows shown per entity.", min=0)] = 3,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not connect to systems that are collected from.")
    ] = False,
) -> None:
    """Read the newest files of every source and show what they would become; nothing is written.

    Sources with a collect section are asked what they have that is not fetched yet.

    Shows rows per entity, what would be quarantined and why, and which columns of the files have
    no place of their own and go to attributes.
    """
    from ingest.errors import UnknownSource
    from ingest.loading.check import check_sources
    from orchestration.cli.configuration import configuration
    from orchestration.cli.connection_report import report_connection
    from orchestration.cli.source_report import report
    from orchestration.cli.terminal import console as terminal
    from orchestration.errors import WrongUse, sentence
    from orchestration.home import Home

    chosen = Home.find(home)
    config = configuration(chosen)
    try:
        checks = check_sources(config, chosen.folder, only=source, preview_rows=preview)
    except UnknownSource as error:
        raise WrongUse(sentence(error)) from error
    console = terminal()
    reached = True
    for check in checks:
        report(check, console)
        if check.source.collect is not None and not offline:
            reached &= report_connection(check.source, chosen, console)
    raise typer.Exit(1 if not reached or any(check.problems for check in checks) else 0)
