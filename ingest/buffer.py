"""Parsed chunks of many files in; per entity one frame of all their rows, and the rejects, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from ingest.parsed import Parsed
from ingest.pending import PendingFile
from ingest.source import Source
from ingest.sources.tabular import map_table

FULL_ROWS = 150_000
FULL_FILES = 2_000
FULL_BYTES = 128 << 20
"""When what was parsed goes to the database: rows, files or bytes, whichever comes first."""


@dataclass(slots=True)
class Buffer:
    """What was parsed of one source and not yet stored."""

    source: Source
    files: int = 0
    _rows: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _tables: list[pl.DataFrame] = field(default_factory=list)
    _rejected: list[pl.DataFrame] = field(default_factory=list)
    _height: int = 0
    _bytes: int = 0

    @property
    def is_full(self) -> bool:
        """Say whether it should be stored now."""
        return self._height >= FULL_ROWS or self._bytes >= FULL_BYTES or self.files >= FULL_FILES

    def add(self, parsed: Parsed, file: PendingFile, ingested_at: pl.Expr) -> None:
        """Add one chunk, marked with where it comes from."""
        marks = {"$file": pl.lit(file.name), "$ingested_at": ingested_at}
        for entity, frame in parsed.rows.items():
            if not frame.is_empty():
                self._keep(self._rows.setdefault(entity, []), frame.with_columns(**marks))
        if parsed.table is not None and not parsed.table.is_empty():
            marked = parsed.table.with_columns(**marks, **{"$path": pl.lit(file.landed.path)})
            self._keep(self._tables, marked)
        self.reject(parsed.rejected.with_columns(**marks))

    def _keep(self, frames: list[pl.DataFrame], frame: pl.DataFrame) -> None:
        frames.append(frame)
        self._height += frame.height
        self._bytes += int(frame.estimated_size())

    def reject(self, rejected: pl.DataFrame) -> None:
        """Add rejected records with the columns of ``PER_ROW``."""
        if not rejected.is_empty():
            self._rejected.append(rejected)
            self._height += rejected.height

    def entities(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Map what is still to be mapped; yield the rows of each entity, in order of names."""
        groups: dict[tuple[tuple[str, str], ...], list[pl.DataFrame]] = {}
        for table in self._tables:
            schema = tuple((name, str(dtype)) for name, dtype in table.schema.items())
            groups.setdefault(schema, []).append(table)
        for tables in groups.values():
            mapped = map_table(pl.concat(tables), self.source)
            self._rows.setdefault(str(self.source.entity), []).append(mapped.rows)
            self.reject(mapped.rejected)
        self._tables = []
        for entity in sorted(self._rows):
            yield entity, pl.concat(self._rows.pop(entity), how="diagonal_relaxed")

    def rejected(self) -> pl.DataFrame | None:
        """Return all rejected records; None if there are none."""
        return pl.concat(self._rejected, how="diagonal_relaxed") if self._rejected else None
