"""What was loaded per source, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """The counts of one load of one source."""

    source: str
    records_read: int
    rows_loaded: int
    rows_duplicate: int
    rows_quarantined: int
    status: str


def batch_table(batches: Iterable[LoadedSource]) -> Table:
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
