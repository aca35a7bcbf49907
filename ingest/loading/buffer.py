"""Parsed chunks of many files in; per entity the rows that keep their contract, and rejects, out.

Checking rows costs some 50 ms however few they are: the chunks of small files wait here for each
other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ingest.conform import Origin, conform
from ingest.loading.pending import PendingFile
from ingest.parsed import Parsed
from ingest.raw.known_hashes import with_short_hashes
from ingest.sources.tabular import gives_tidy_texts, map_table

FULL_ROWS = 40_000
FULL_FILES = 2_000
FULL_BYTES = 24 << 20
"""When what was parsed goes to the database: rows, files or bytes, whichever comes first."""

Frames = list[pl.DataFrame]


@dataclass(frozen=True, slots=True)
class ConformedBuffer:
    """Rows that keep their contract, by entity in order of names, with short hashes; and others."""

    rows: dict[str, pl.DataFrame]
    rejected: pl.DataFrame | None


@dataclass(slots=True)
class Buffer:
    """What was parsed of one source and not yet stored."""

    origin: Origin
    files: int = 0
    _tables: list[tuple[pl.DataFrame, bool]] = field(default_factory=list)
    _rows: dict[str, Frames] = field(default_factory=dict)
    _rejected: Frames = field(default_factory=list)
    _are_tidy: bool = False
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
                marked = frame.with_columns(**marks)
                self._rows.setdefault(entity, []).append(marked)
                self._count(marked)
        if parsed.table is not None and not parsed.table.is_empty():
            marked = parsed.table.with_columns(**marks, **{"$path": pl.lit(file.landed.path)})
            self._tables.append((marked, parsed.is_tidy))
            self._count(marked)
        if not parsed.rejected.is_empty():
            self._reject(parsed.rejected.with_columns(**marks))

    def _count(self, frame: pl.DataFrame) -> None:
        self._height += frame.height
        self._bytes += int(frame.estimated_size())

    def _reject(self, rejected: pl.DataFrame) -> None:
        if not rejected.is_empty():
            self._rejected.append(rejected)
            self._height += rejected.height

    def conform(self) -> ConformedBuffer:
        """Map what is still to be mapped, and check all rows against their contracts.

        Raises
        ------
        ContractMismatch
            If the parser gave an entity or a column that is in no contract.
        """
        self._map()
        rows = {}
        for entity in sorted(self._rows):
            frame = pl.concat(self._rows.pop(entity), how="diagonal_relaxed")
            conformed = conform(entity, frame, self.origin, is_tidy=self._are_tidy)
            rows[entity] = with_short_hashes(conformed.rows)
            self._reject(conformed.rejected)
        rejected = pl.concat(self._rejected, how="diagonal_relaxed") if self._rejected else None
        return ConformedBuffer(rows, rejected)

    def _map(self) -> None:
        if not self._tables:
            return
        self._are_tidy = not self._rows and all(
            gives_tidy_texts(table, self.origin.source) for table, _ in self._tables
        )
        groups: dict[tuple[bool, tuple[tuple[str, str], ...]], Frames] = {}
        for table, is_tidy in self._tables:
            schema = tuple((name, str(dtype)) for name, dtype in table.schema.items())
            groups.setdefault((is_tidy, schema), []).append(table)
        for (is_tidy, _), tables in groups.items():
            mapped = map_table(pl.concat(tables), self.origin.source, is_tidy=is_tidy)
            self._rows.setdefault(str(self.origin.source.entity), []).append(mapped.rows)
            self._reject(mapped.rejected)
        self._tables = []
