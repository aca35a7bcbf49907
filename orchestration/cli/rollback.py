"""``crm rollback``: readers get the generation before."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import HomeOption


def rollback(
    home: HomeOption = None,
    to: Annotated[
        int | None,
        typer.Option("--to", help="Generation to go to; default: the one before.", min=1),
    ] = None,
) -> None:
    """Let readers have the previous generation again.

    Nothing is rebuilt and nothing is deleted: the link published/crm.duckdb is moved. The next
    `crm run` publishes a new generation as usual.
    """
    from orchestration.home import Home
    from orchestration.publishing.generations import roll_back

    chosen = Home.find(home)
    before, after = roll_back(chosen, to)
    typer.echo(f"{chosen.published}: generation {before} -> {after}")
