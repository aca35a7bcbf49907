"""The commands, one module each; packages add theirs through the entry points ``crm.commands``."""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from orchestration.cli import (
    demo,
    ingest,
    outbox,
    rollback,
    run,
    sources,
    status,
    webserver,
)
from orchestration.cli.identity.app import app as identity
from orchestration.cli.refusals import Commands

app = typer.Typer(
    name="crm",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Turn what customers say and do into one warehouse: who they are, what happened, and "
    "what will happen.",
    epilog="Every command takes --home DIR (default: $CRM_HOME, else ./data) and --debug (show the "
    "whole traceback of an error).",
)

app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("ingest")(ingest.ingest)
app.add_typer(sources.app, name="sources")
app.add_typer(identity, name="identity")
app.add_typer(outbox.app, name="outbox")
app.command("status")(status.status)
app.command("rollback")(rollback.rollback)
app.command("dev")(webserver.dev)

for _command in sorted(entry_points(group="crm.commands"), key=lambda point: point.name):
    app.command(_command.name)(_command.load())
