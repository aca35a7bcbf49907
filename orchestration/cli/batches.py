"""What was loaded per source, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rich.table import Table


class Batch(Protocol):
    """The counts of one load of one source."""

    @property
    def source(self) -> str: ...
    @property
    def records_read(self) -> int: ...
    @property
    def rows_loaded(self) -> int: ...
    @property
    def rows_duplicate(self) -> int: ...
    @property
    def rows_quarantined(self) -> int: ...
    @property
    def status(self) -> str: ...


def batch_table(batches: Iterable[Batch]) -> Table:
    """Return one line per source: records read, rows loaded, duplicate and quarantined."""
    table = Table("source", title="Loaded", title_justify="left")
    for name in ("records read", "rows loaded", "duplicate", "quarantined"):
        table.add_column(name, justify="right")
    table.add_column("status")
    for batch in batches:
        table.add_row(
            batch.source,
            f"{batch.records_read:,}",
            f"{batch.rows_loaded:,}",
            f"{batch.rows_duplicate:,}",
            f"[yellow]{batch.rows_quarantined:,}[/]" if batch.rows_quarantined else "0",
            f"[red]{batch.status}[/]" if batch.status == "failed" else batch.status,
        )
    return table
