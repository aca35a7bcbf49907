"""Errors a person can put right: one sentence on stderr and an exit code, no traceback."""

from __future__ import annotations

import errno
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ingest.disk_faults import chain, disk_fault
from orchestration.errors import Refused

REMEDIES = {
    errno.ENOSPC: "free some disk space",
    errno.EROFS: "mount it for writing, or name another folder",
    errno.EEXIST: "name a folder",
    errno.ENOTDIR: "name a folder",
}
"""What to do about an error of the system; about any other it is mostly the permissions."""


class Commands(TyperGroup):
    """The group of all commands; takes ``--debug`` anywhere and turns refusals into exit codes."""

    debug = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take ``--debug`` out, wherever it stands before a ``--``."""
        options = args[: args.index("--")] if "--" in args else args
        self.debug = "--debug" in options
        if self.debug:
            args.remove("--debug")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a refusal becomes its sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except (Refused, OSError) as error:
            if self.debug:
                raise
            if isinstance(error, BrokenPipeError):
                raise typer.Exit(1) from None
            _tell(said(error))
            raise typer.Exit(error.exit_code if isinstance(error, Refused) else 1) from None
        except Exception as error:
            if not self.debug and any(isinstance(one, KeyboardInterrupt) for one in chain(error)):
                # compiled modules that are interrupted while they are imported cannot be imported
                raise typer.Exit(130) from None
            # every engine has errors of its own for a full disk; what they say tells them apart
            if self.debug or (fault := disk_fault(error)) is None:
                raise
            _tell(fault)
            raise typer.Exit(1) from None


def _tell(sentence: str) -> None:
    typer.secho(f"crm: {sentence}", err=True, fg="red" if sys.stderr.isatty() else None)


def said(error: Refused | OSError) -> str:
    """Return the sentence for an error: what it is about, what is wrong, what to do."""
    if isinstance(error, Refused):
        return str(error)
    remedy = REMEDIES.get(error.errno or 0, "correct its permissions")
    return f"{error.filename or 'A file'} cannot be used ({error.strerror}): {remedy}."
