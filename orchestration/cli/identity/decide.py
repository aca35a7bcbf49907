"""``crm identity split``, ``join`` and ``revoke``: decisions, and how they come into force."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.options import HomeOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb
    import polars as pl
    from rich.table import Table

    from orchestration.home import Home
    from orchestration.repair.subject import Subject

SHOWN = 8
"""Identifiers shown of each side of a split."""

ReasonOption = Annotated[
    str | None,
    typer.Option(
        "--reason", metavar="TEXT", help="Why; kept with the decision. Required.",
        show_default=False,
    ),
]  # fmt: skip
AuthorOption = Annotated[
    str | None,
    typer.Option(
        "--author", metavar="NAME", help="Who decides. Default: the user of this machine.",
        show_default=False,
    ),
]  # fmt: skip
RunOption = Annotated[
    bool, typer.Option("--run", help="Run everything now, so that marts and scores follow.")
]


def said_by(reason: str | None, author: str | None) -> dict[str, str]:
    """Return who decides and why.

    Raises
    ------
    WrongUse
        If no reason is given, or bytes that are no text.
    """
    import getpass

    from orchestration.errors import WrongUse

    if not (reason or "").strip():
        raise WrongUse('A decision needs its reason: add --reason "…"; it is kept with it.')
    try:
        who = (author or "").strip() or getpass.getuser()
    except (KeyError, OSError) as error:
        # a container may run under a number that is nobody's
        raise WrongUse("This machine does not say who decides: add --author NAME.") from error
    said = {"reason": str(reason).strip(), "author": who}
    for name, text in said.items():
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise WrongUse(f"The {name} is no text in UTF-8, got {text!a}: type it anew.")
    return said


def decide(home: Home, drawn: Sequence[dict[str, Any]], *, seen: int, run: bool) -> None:
    """Write decisions down, say so, and bring them into force or say how; exits.

    Parameters
    ----------
    seen
        How many decisions there were when these were checked against them.
    """
    from orchestration.cli.job import run_job
    from orchestration.cli.terminal import console as terminal
    from orchestration.identity.decisions import append, decisions_file

    written = append(home, drawn, seen=seen)
    last = f" to {written[-1].decision_id}" if len(written) > 1 else ""
    console = terminal()
    console.print(
        f"Written as {written[0].decision_id}{last} to {decisions_file(home)}.", soft_wrap=True
    )
    if not run:
        console.print("The next `crm run` brings it into force: identities, marts, scores.")
        return
    outcome = run_job(home, terminal(stderr=True))
    outcome.report(console)
    raise typer.Exit(outcome.exit_code)


@dataclass(frozen=True, slots=True)
class Question:
    """What a decision is about.

    Parameters
    ----------
    con
        The warehouse, to read.
    seen
        How many decisions there are.
    holding
        Those in force.
    a, b
        Who is meant.
    """

    home: Home
    con: duckdb.DuckDBPyConnection
    seen: int
    holding: pl.DataFrame
    a: Subject
    b: Subject

    def decided(self, verdict: str, says: dict[str, str], *, run: bool) -> None:
        """Write the decision down."""
        ends = {"identifier_a": self.a.identifier, "identifier_b": self.b.identifier}
        decide(self.home, [{"verdict": verdict, **ends, **says}], seen=self.seen, run=run)


@contextmanager
def _asked(home: Path | None, one: str, other: str) -> Iterator[Question]:
    """Look both up."""
    from orchestration.cli.configuration import configuration
    from orchestration.cli.identity.state import known
    from orchestration.home import Home
    from orchestration.identity.decisions import in_force, read_decisions, table
    from orchestration.repair.subject import find_subject

    chosen = Home.find(home)
    company = configuration(chosen).company
    decisions = read_decisions(chosen)
    with known(chosen) as con:
        a, b = (find_subject(con, company, given) for given in (one, other))
        yield Question(chosen, con, len(decisions), in_force(table(decisions)), a, b)


def join(
    one: Annotated[str, typer.Argument(metavar="A", help="Customer id or identifier.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Who is the same customer.")],
    reason: ReasonOption = None,
    author: AuthorOption = None,
    run: RunOption = False,
    home: HomeOption = None,
) -> None:
    """Decide that A and B are one customer, whatever the guards say.

    Of two customers the one seen first keeps its id; the other id leads to it for ever.
    """
    from orchestration.repair.conflicts import refuse_join

    says = said_by(reason, author)
    with _asked(home, one, other) as asked:
        refuse_join(asked.con, asked.holding, asked.a, asked.b)
    owner = asked.a.customer_id
    if owner is not None and owner == asked.b.customer_id:
        typer.echo(f"They are one already ({owner}); now they stay so.")
    asked.decided("join", says, run=run)


def split(
    one: Annotated[str, typer.Argument(metavar="A", help="Customer id or identifier.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Who is somebody else.")],
    reason: ReasonOption = None,
    author: AuthorOption = None,
    run: RunOption = False,
    home: HomeOption = None,
) -> None:
    """Decide that A and B are two customers, now and for ever.

    The weakest tie on every path between them is cut; two who are not together now are kept apart
    in advance. To take back a merge, name the two customer ids: an id that was merged away comes
    back.
    """
    from orchestration.cli.terminal import console as terminal
    from orchestration.repair.conflicts import refuse_split
    from orchestration.repair.explanation import sides_of
    from orchestration.repair.subject import are_together

    says = said_by(reason, author)
    with _asked(home, one, other) as asked:
        refuse_split(asked.con, asked.holding, asked.a, asked.b)
        together = are_together(asked.a, asked.b)
        sides = sides_of(asked.con, asked.holding, asked.a, asked.b) if together else None
    if sides is None:
        owners = (f"{who.given} ({who.customer_id or 'nobody yet'})" for who in (asked.a, asked.b))
        typer.echo(f"{' and '.join(owners)} are not together now: they will be kept apart.")
    else:
        terminal().print(_becomes(asked, sides))
    asked.decided("split", says, run=run)


def _becomes(asked: Question, sides: Sequence[list[str]]) -> Table:
    """Draw what stays with which side of a split."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    becomes = Table(title=f"{asked.a.customer_id} becomes", title_justify="left")
    for subject, side in zip((asked.a, asked.b), sides, strict=True):
        becomes.add_column(
            f"with {escape(subject.given)} ({len(side):,} identifiers)", overflow="fold"
        )
    more = ["\n…" if len(side) > SHOWN else "" for side in sides]
    shown = ("\n".join(side[:SHOWN]) + m for side, m in zip(sides, more, strict=True))
    becomes.add_row(*map(Text, shown))
    return becomes


def revoke(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Its id, as d_0001.")],
    reason: ReasonOption = None,
    author: AuthorOption = None,
    run: RunOption = False,
    home: HomeOption = None,
) -> None:
    """Take a decision back: who is who follows from the evidence again."""
    from orchestration.cli.configuration import configuration
    from orchestration.errors import WrongUse
    from orchestration.home import Home
    from orchestration.identity.decisions import read_decisions, table

    chosen = Home.find(home)
    configuration(chosen)
    says = said_by(reason, author)
    decisions = read_decisions(chosen)
    state = dict(table(decisions).select("decision_id", "revoked_by").iter_rows())
    if decision not in state:
        raise WrongUse(f"There is no decision {decision}: `crm identity decisions` lists them all.")
    if state[decision] is not None:
        raise WrongUse(f"{decision} holds no longer: {state[decision]} took it back.")
    drawn = [{"verdict": "revoke", "revokes": decision, **says}]
    decide(chosen, drawn, seen=len(decisions), run=run)
