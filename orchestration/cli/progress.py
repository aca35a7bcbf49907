"""The stages of a run on the terminal, as they happen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from orchestration.runs.stages import progress


class StageLines(logging.Handler):
    """One line per finished stage; on a terminal the one at work is shown below them."""

    def __init__(self, console: Console, status: Status) -> None:
        super().__init__(logging.INFO)
        self.console = console
        self.status = status
        self.at_work: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Draw one record of ``crm.progress``."""
        stage, state, note = (getattr(record, name) for name in ("stage", "state", "note"))
        if state in ("started", "working"):
            self.at_work[stage] = note
        else:
            self.at_work.pop(stage, None)
            rows = getattr(record, "rows", None)
            mark = "[green]✓[/]" if state == "finished" else "[red]✗[/]"
            counted = f"{rows:>12,} rows" if rows is not None else " " * 17
            seconds = getattr(record, "seconds", 0.0)
            self.console.print(
                f"{mark} {stage:<28} {seconds:>7.1f} s {counted}  [dim]{note}[/]",
                highlight=False,
                soft_wrap=True,
            )
        shown = "; ".join(f"{name} {text}".strip() for name, text in self.at_work.items())
        self.status.update(f"[dim]{shown or 'next stage'}[/]")


@contextmanager
def drawn(console: Console) -> Iterator[None]:
    """Draw the progress of everything run inside."""
    with console.status("[dim]starting[/]", spinner="line") as status:
        handler = StageLines(console, status)
        progress.addHandler(handler)
        progress.setLevel(logging.INFO)
        progress.propagate = False
        try:
            yield
        finally:
            progress.removeHandler(handler)
            progress.propagate = True
