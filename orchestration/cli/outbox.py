"""``crm outbox``: what is to be delivered to systems that act, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import outbox_delivered
from orchestration.cli.options import HomeOption

app = typer.Typer(
    no_args_is_help=True,
    help="List and export what changed for systems that act; say what was delivered.",
    epilog="IDS are positions: the column outbox_id. docs/outbox.md says how a system reads it.",
    rich_markup_mode="rich",
)


@app.command("show")
def show(
    dead: Annotated[
        bool, typer.Option("--dead", help="Dead letters: failed too often, offered no more.")
    ] = False,
    json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object per row instead of a table.")
    ] = False,
    limit: Annotated[int, typer.Option(help="Rows listed, oldest first.", min=1)] = 20,
    home: HomeOption = None,
) -> None:
    """List what has not been acknowledged yet, oldest first."""
    from rich.table import Table

    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.outbox.export import LINE
    from orchestration.outbox.reading import DEAD, PENDING, outbox_of_readers
    from orchestration.sql_values import integer

    condition = DEAD if dead else PENDING
    with outbox_of_readers(Home.find(home)) as con:
        lines = LINE.format(condition=condition, limit=int(limit))
        if json_lines:
            for (line,) in con.execute(
                f"select cast(to_json(line) as varchar) from ({lines}) as line"  # noqa: S608
            ).fetchall():
                typer.echo(line)
            return
        counted = "select count(*) from outbox_now where "
        pending, letters = integer(con, counted + PENDING), integer(con, counted + DEAD)
        rows = con.execute(
            f"select outbox_id, table_name, op, key, generation, attempt, error from ({lines})"  # noqa: S608
        ).fetchall()
    console = terminal()
    if rows:
        listed = Table("id", "table", "op", "key", "generation", "failed", "error")
        for *row, error in rows:
            listed.add_row(*(str(one) for one in row), error or "")
        console.print(listed)
    shown = "dead letters" if dead else "pending rows"
    left = (letters if dead else pending) - len(rows)
    console.print(
        f"{pending:,} pending, {letters:,} dead letters"
        + (f"; {left:,} more {shown} with a larger --limit" if left > 0 else "")
    )


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
    limit: Annotated[
        int | None,
        typer.Option(help="At most so many rows, oldest first; default: all.", min=1),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write the pending rows to FILE, one JSON object a line, in the order to apply them.

    The file is there whole or not at all. Exporting acknowledges nothing: say so with
    `crm outbox ack` once the rows are where they should be.
    """
    from orchestration.home import Home
    from orchestration.outbox.export import export as write
    from orchestration.outbox.reading import outbox_of_readers

    chosen = Home.find(home)
    target = file.expanduser().absolute()
    with outbox_of_readers(chosen) as con:
        count, last = write(con, target, limit)
    then = f"; when they have arrived: `crm outbox ack --up-to {last}`" if count else ""
    typer.echo(f"{count:,} rows written to {target}{then}")


app.command("ack")(outbox_delivered.ack)
app.command("fail")(outbox_delivered.fail)
app.command("retry")(outbox_delivered.retry)
