"""``crm outbox ack``, ``fail`` and ``retry``: what became of deliveries."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.options import HomeOption

LONGEST_ERROR = 500
"""Characters kept of an error: a vendor's whole page would be kept for ever."""

IdsArgument = Annotated[
    list[int] | None, typer.Argument(metavar="IDS", help="Positions.", show_default=False)
]


def ack(
    ids: IdsArgument = None,
    up_to: Annotated[
        int | None,
        typer.Option("--up-to", metavar="ID", help="Everything up to this position.", min=1),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Say that rows have arrived: they are offered no more.

    --up-to leaves dead letters out: they were not offered. Saying it twice changes nothing.
    """
    from orchestration.errors import WrongUse
    from orchestration.home import Home
    from orchestration.outbox.deliveries import ACK, append
    from orchestration.outbox.reading import PENDING, ranges, require_positions, size, whole_outbox

    if bool(ids) == (up_to is not None):
        raise WrongUse("Name what has arrived: positions, or --up-to with the last one.")
    chosen = Home.find(home)
    with whole_outbox(chosen) as con:
        if up_to is None:
            named = ids or []
            require_positions(con, named)
            found = ranges(con, "ack_at is null and list_contains($ids, outbox_id)", {"ids": named})
        else:
            require_positions(con, [up_to])
            found = ranges(con, f"{PENDING} and outbox_id <= $up_to", {"up_to": up_to})
    if found:
        append(chosen, ACK, found)
    typer.echo(f"{size(found):,} rows acknowledged")


def fail(
    position: Annotated[int, typer.Argument(metavar="ID", help="Position.")],
    error: Annotated[str, typer.Option("--error", metavar="TEXT", help="Why it did not arrive.")],
    home: HomeOption = None,
) -> None:
    """Say that the delivery of a row has failed; after too many failures it is a dead letter."""
    from orchestration.errors import WrongUse
    from orchestration.home import Home
    from orchestration.outbox.declarations import load
    from orchestration.outbox.deliveries import FAIL, append
    from orchestration.outbox.reading import require_positions, whole_outbox

    said = " ".join(error.split())[:LONGEST_ERROR]
    if not said:
        raise WrongUse('A failure needs its reason: --error "…"; it is listed with the row.')
    if any("\ud800" <= letter <= "\udfff" for letter in said):
        raise WrongUse(f"The error is no text in UTF-8, got {said!a}: type it anew.")
    chosen = Home.find(home)
    with whole_outbox(chosen) as con:
        require_positions(con, [position])
        attempt, ack_at = con.execute(
            "select attempt, ack_at from outbox_now where outbox_id = ?", [position]
        ).fetchall()[0]
    if ack_at is not None:
        raise WrongUse(
            f"Row {position} was acknowledged at {ack_at:%Y-%m-%d %H:%M} (UTC) and cannot fail "
            "any more: name another one, `crm outbox show` lists them."
        )
    append(chosen, FAIL, [(position, position)], said)
    attempts = load().attempts
    typer.echo(
        f"row {position}: {attempt + 1} of {attempts} attempts failed"
        + ("; a dead letter until `crm outbox retry`" if attempt + 1 >= attempts else "")
    )


def retry(ids: IdsArgument = None, home: HomeOption = None) -> None:
    """Offer rows that have failed again, counting from none; without IDS all dead letters."""
    from orchestration.home import Home
    from orchestration.outbox.deliveries import RETRY, append
    from orchestration.outbox.reading import DEAD, ranges, require_positions, size, whole_outbox

    chosen = Home.find(home)
    with whole_outbox(chosen) as con:
        if ids:
            require_positions(con, ids)
            found = ranges(
                con,
                "ack_at is null and attempt > 0 and list_contains($ids, outbox_id)",
                {"ids": ids},
            )
        else:
            found = ranges(con, DEAD, {})
    if found:
        append(chosen, RETRY, found)
    typer.echo(f"{size(found):,} rows are offered again")
