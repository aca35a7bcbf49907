"""What became of the records of one file, counted as they come, and reconciled at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ingest.errors import Unreconciled
from ingest.loading.pending import PendingFile
from ingest.parsed import Parsed


@dataclass(slots=True)
class FileTally:
    """Counts of one file.

    Parameters
    ----------
    records_read
        Native records, as the parser counts them.
    left_out
        Records besides, which the source's ``where`` leaves out.
    rows_parsed
        Rows made of them, and records the parser rejected.
    """

    file: PendingFile
    records_read: int = 0
    left_out: int = 0
    rows_parsed: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    is_unreadable: bool = False
    notes: dict[str, None] = field(default_factory=dict)
    positions: list[pl.Series] = field(default_factory=list)

    def add(self, parsed: Parsed) -> None:
        """Count one chunk."""
        self.records_read += parsed.read
        self.left_out += parsed.left_out
        self.notes |= dict.fromkeys(parsed.notes)
        for frame in (*parsed.rows.values(), parsed.rejected):
            self._add(frame, "position")
        if parsed.table is not None:
            self._add(parsed.table, "$position")

    def _add(self, frame: pl.DataFrame, position: str) -> None:
        self.rows_parsed += frame.height
        if not frame.is_empty():
            self.positions.append(frame[position].cast(pl.Int64).unique())

    def check_positions(self) -> None:
        """Check that each record read is in a row or rejected; forget the positions.

        Raises
        ------
        Unreconciled
            If the parser lost or invented a record.
        """
        seen = sum(map(len, self.positions))
        if len(self.positions) > 1:
            seen = pl.concat(self.positions).n_unique()
        self.positions = []
        if seen != self.records_read:
            raise Unreconciled(
                f"{self.file.name}: {self.records_read} records were read, but {seen} are "
                "in rows or rejected; this is a mistake of the parser, please report it"
            )

    def check_rows(self) -> None:
        """Check that each row was loaded, a duplicate or quarantined.

        Raises
        ------
        Unreconciled
            If a row got lost between parser and tables.
        """
        outcome = self.rows_loaded + self.rows_duplicate + self.rows_quarantined
        if outcome != self.rows_parsed:
            raise Unreconciled(
                f"{self.file.name}: of {self.rows_parsed} rows {self.rows_loaded} were loaded, "
                f"{self.rows_duplicate} duplicate and {self.rows_quarantined} quarantined"
            )
