"""``crm demo``: a simulated company, the whole job on it, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from orchestration.cli.options import HomeOption


class Size(StrEnum):
    """Sizes of the simulated company."""

    xs = "xs"
    s = "s"
    m = "m"
    l = "l"  # noqa: E741 - it is what is typed


def demo(
    home: HomeOption = None,
    size: Annotated[
        Size, typer.Option("--size", help="How large the company is; s takes about a minute.")
    ] = Size.s,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same company.", min=0)] = 7,
) -> None:
    """Simulate a company, then load, build, score, check and publish its data.

    Needs no account and no network. The company's exports lie in landing/, what is true about it
    in truth/, what readers open in published/crm.duckdb.
    """
    from orchestration.cli.job import run_job
    from orchestration.cli.simulation import simulate
    from orchestration.cli.summary import summarize
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home

    chosen = Home.find(home)
    console = terminal(stderr=True)
    simulate(chosen, console, size=size.value, seed=seed)
    outcome = run_job(chosen, console)
    if outcome.succeeded:
        summarize(chosen, terminal())
    outcome.report(terminal())
    raise typer.Exit(outcome.exit_code)
