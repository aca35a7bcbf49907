"""Errors a person can put right: one sentence on stderr and an exit code, no traceback."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from orchestration.errors import Refused


class Commands(TyperGroup):
    """The group of all commands; takes ``--debug`` anywhere and turns refusals into exit codes."""

    debug = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take ``--debug`` out, wherever it stands before a ``--``."""
        options = args[: args.index("--")] if "--" in args else args
        if "--debug" in options:
            self.debug = True
            args.remove("--debug")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a refusal becomes its sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            if self.debug:
                raise
            typer.secho(f"crm: {refusal}", err=True, fg="red" if sys.stderr.isatty() else None)
            raise typer.Exit(refusal.exit_code) from None
