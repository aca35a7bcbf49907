"""``crm identity review`` and ``decisions``: the open cases, and what became of others."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.identity.decide import AuthorOption, ReasonOption, RunOption
from orchestration.cli.options import HomeOption


def review(
    case: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help="Id of a case (r_…); all open ones without."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="The identifiers of the case are one customer.")
    ] = False,
    reject: Annotated[
        bool, typer.Option("--reject", help="The first identifier is none of the others'.")
    ] = False,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    run: RunOption = False,
    limit: Annotated[int, typer.Option(help="Cases listed.", min=1)] = 20,
    home: HomeOption = None,
) -> None:
    """List what guards have stopped, show one case, or decide it.

    --accept joins all identifiers of the case although a guard stopped it; --reject keeps the
    first identifier apart from all others, whatever evidence comes later.
    """
    import polars as pl

    from orchestration.cli.configuration import configuration
    from orchestration.cli.identity.decide import decide, said_by
    from orchestration.cli.identity.report import list_cases, show_case
    from orchestration.cli.identity.state import known
    from orchestration.cli.terminal import console as terminal
    from orchestration.errors import WrongUse
    from orchestration.home import Home
    from orchestration.identity.decisions import in_force, read_decisions, table
    from orchestration.repair.cases import answer, find_case, open_cases

    chosen = Home.find(home)
    configuration(chosen)
    if accept and reject:
        raise WrongUse("A case is accepted or rejected, not both: give one of the two.")
    if case is None:
        if accept or reject:
            raise WrongUse("Name the case to decide: `crm identity review` lists them.")
        with known(chosen) as con:
            total, cases = open_cases(con, table(read_decisions(chosen)), limit)
        list_cases(total, cases, terminal())
        return
    with known(chosen) as con:
        found = find_case(con, case)
        if not (accept or reject):
            held = table(read_decisions(chosen)).filter(pl.col("revoked_by").is_null())
            show_case(found, held, terminal())
            return
        says = said_by(reason, author)
        decided = read_decisions(chosen)
        drawn = answer(con, in_force(table(decided)), found, accept=accept)
    decide(chosen, [{**row, **says} for row in drawn], seen=len(decided), run=run)


def decisions(home: HomeOption = None) -> None:
    """List every decision, who took it and why, and whether it holds."""
    from rich.table import Table
    from rich.text import Text

    from orchestration.cli.configuration import configuration
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.identity.decisions import read_decisions, table

    chosen = Home.find(home)
    configuration(chosen)
    rows = table(read_decisions(chosen))
    if rows.is_empty():
        typer.echo("Nobody has decided anything yet.")
        return
    listed = Table("decision", "verdict", "A", "B", "by", "when (UTC)", "reason", "revoked by")
    for row in rows.iter_rows(named=True):
        told = (
            row["decision_id"],
            row["verdict"],
            row["identifier_a"],
            row["identifier_b"],
            row["author"],
            f"{row['decided_at']:%Y-%m-%d %H:%M}",
            row["reason"],
            row["revoked_by"] or "",
        )
        # as it was typed: [/b] in a reason is no markup
        listed.add_row(*map(Text, told))
    terminal().print(listed)
