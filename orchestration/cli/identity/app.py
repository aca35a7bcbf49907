"""``crm identity``: why two are one customer, and what to do where that is wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.identity import decide, guards, review
from orchestration.cli.options import HomeOption

app = typer.Typer(
    no_args_is_help=True,
    help="Ask why two are one customer; join, split and review customers; show the guards, which "
    "identity_guards.yml of the home changes.",
    epilog="A and B are customer ids (c_…), e-mail addresses, phone numbers or identifiers such "
    "as contact:crm:1.",
    rich_markup_mode="rich",
)


@app.command("explain")
def explain(
    one: Annotated[str, typer.Argument(metavar="A", help="Customer id or identifier.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The one to compare it with.")],
    home: HomeOption = None,
) -> None:
    """Show the evidence that makes A and B one customer, or what keeps them apart."""
    from orchestration.cli.configuration import configuration
    from orchestration.cli.identity.report import report
    from orchestration.cli.identity.state import known
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.identity.decisions import read_decisions, table
    from orchestration.repair.conflicts import refuse_same
    from orchestration.repair.explanation import explain as explained
    from orchestration.repair.subject import find_subject

    chosen = Home.find(home)
    company = configuration(chosen).company
    with known(chosen) as con:
        subjects = [find_subject(con, company, given) for given in (one, other)]
        refuse_same(*subjects)
        found = explained(con, table(read_decisions(chosen)), *subjects)
    report(found, chosen, terminal())


app.command("split")(decide.split)
app.command("join")(decide.join)
app.command("revoke")(decide.revoke)
app.command("review")(review.review)
app.command("decisions")(review.decisions)
app.command("guards")(guards.guards)
