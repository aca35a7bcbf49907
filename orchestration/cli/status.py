"""``crm status``: what readers get, how the last runs went, and what to look at."""

from __future__ import annotations

import typer

from orchestration.cli.options import HomeOption

GONE = "its process is gone; the next run writes it down as failed"


def status(home: HomeOption = None) -> None:
    """Show what is published, how the last runs went, and which checks failed.

    The exit code is 1 where readers cannot open what is published.
    """
    from rich.table import Table

    from orchestration.checks.check_results import failed
    from orchestration.cli.identity.status import report_identity
    from orchestration.cli.loaded import meta
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.publishing import generations
    from orchestration.publishing.published import unreadable
    from orchestration.runs import run_lock

    chosen = Home.find(home).require()
    console = terminal()
    current, kept = generations.current(chosen), generations.on_disk(chosen)
    console.print(f"home         {chosen.folder}", soft_wrap=True)
    if current is None:
        console.print("published    nothing yet; `crm run` publishes")
    else:
        size = chosen.published.stat().st_size / 1e6
        rolled_back = f", rolled back from {kept[-1]}" if kept[-1] > current else ""
        console.print(
            f"published    generation {current} ({size:.0f} MB{rolled_back}): {chosen.published}",
            soft_wrap=True,
        )
    fault = None if current is None else unreadable(chosen)
    if fault is not None:
        console.print(f"[red]damaged[/]      {fault}", soft_wrap=True)
    with meta(chosen) as con:
        if con is None:
            raise typer.Exit(1 if fault else 0)
        row = con.execute(
            "select built_at, data_cutoff, code_version from meta.generation where generation = ?",
            [current],
        ).fetchone()
        if row:
            console.print(f"built        {row[0]:%Y-%m-%d %H:%M} UTC by {row[2]}")
            console.print(f"data before  {row[1]:%Y-%m-%d %H:%M} UTC")
        pages = chosen.data_docs / "index.html"
        if pages.exists():
            console.print(f"data docs    {pages.as_uri()}", soft_wrap=True)
        runs = con.execute(
            "select run_id, started_at, date_diff('second', started_at, finished_at), status, "
            "generation, coalesce(message, '') from meta.runs order by started_at desc limit 5"
        ).fetchall()
        if runs:
            table = Table("run", "started (UTC)", "s", "status", "generation", "message")
            is_at_work = run_lock.is_at_work(chosen)
            for run_id, started_at, seconds, state, generation, message in runs:
                if state == "running" and not is_at_work:
                    # it could not write down its end, on a full disk for instance
                    state, message = "died", GONE
                table.add_row(
                    run_id[:8], f"{started_at:%Y-%m-%d %H:%M}",
                    "" if seconds is None else str(seconds),
                    f"[{'green' if state == 'succeeded' else 'red'}]{state}[/]",
                    "" if generation is None else str(generation), message,
                )  # fmt: skip
            console.print(table)
            checks = failed(con, runs[0][0])
            if checks:
                table = Table("failed check of the last run", "on", "rows", "found")
                for check in checks:
                    colour = "red" if check.blocking else "yellow"
                    table.add_row(
                        f"[{colour}]{check.check_name}[/]", check.asset,
                        "" if check.rows_failed is None else f"{check.rows_failed:,}",
                        check.message,
                    )  # fmt: skip
                console.print(table)
        report_identity(con, console)
        quarantined = con.execute(
            "select source, reason_code, count(*) from meta.quarantine group by all "
            "order by count(*) desc, source limit 10"
        ).fetchall()
        if quarantined:
            table = Table("quarantined from", "because", "rows")
            for source, reason, rows in quarantined:
                table.add_row(source, reason, f"{rows:,}")
            console.print(table)
    if fault is not None:
        raise typer.Exit(1)
