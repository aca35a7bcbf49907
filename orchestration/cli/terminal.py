"""Where the commands write: the terminal, or a pipe as wide as a wide terminal."""

from __future__ import annotations

from rich.console import Console

PIPE_WIDTH = 140
"""Columns where there is no terminal to ask: a log file has no edge to fold at."""


def console(*, stderr: bool = False) -> Console:
    """Return the console of standard output, or of standard error."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=PIPE_WIDTH)
