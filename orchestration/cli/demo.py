"""``crm demo``: a simulated company, the whole job on it, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import HomeOption


def demo(
    home: HomeOption = None,
    size: Annotated[
        str, typer.Option("--size", metavar="xs|s|m|l", help="How large the company is.")
    ] = "s",
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same company.", min=0)] = 7,
) -> None:
    """Simulate a company, then load, build, score, check and publish its data.

    Needs no account and no network. The company's exports lie in landing/, what is true about it
    in truth/, what readers open in published/crm.duckdb.
    """
    from rich.console import Console

    from orchestration.cli.job import run_job
    from orchestration.cli.simulation import simulate
    from orchestration.cli.summary import summarize
    from orchestration.home import Home

    chosen = Home.find(home)
    console = Console(stderr=True)
    simulate(chosen, console, size=size, seed=seed)
    outcome = run_job(chosen, console)
    if outcome.succeeded:
        summarize(chosen, Console())
    outcome.report(Console())
    raise typer.Exit(outcome.exit_code)
