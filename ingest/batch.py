"""The pending files of one source in; rows of raw, quarantine and bookkeeping out.

All in one transaction, which the caller ends. A transaction per file would cost some 20 ms for
each of a hundred thousand mails, and ``quarantine_limit`` is about the source's batch as a
whole: only a transaction around the batch lets old data stay when it fails. DuckDB writes large
appends to the database file as they come and keeps no copy of them in the WAL, so neither grows
with the batch. What a kill costs is one source's batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from ingest.conform import Origin, conform
from ingest.errors import FileChanged
from ingest.parsed import Parsed
from ingest.pending import PendingFile
from ingest.quarantine import write_quarantine
from ingest.reading import read_chunks
from ingest.source import Source
from ingest.tally import FileTally
from ingest.versions import store_versions

FLUSH_ROWS = 150_000
FLUSH_FILES = 2_000
FLUSH_BYTES = 256 << 20
"""When what was parsed goes to the database: rows, files or bytes, whichever comes first."""


@dataclass(slots=True)
class Batch:
    """One load of one source, under way.

    Parameters
    ----------
    started_at
        Naive UTC.
    """

    con: duckdb.DuckDBPyConnection
    source: Source
    batch_id: str
    started_at: datetime
    tallies: dict[str, FileTally] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    example: str | None = None
    _frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _rejected: list[pl.DataFrame] = field(default_factory=list)
    _buffered_rows: int = 0
    _buffered_bytes: int = 0
    _buffered_files: int = 0

    def load(self, files: Sequence[PendingFile], done: Callable[[int, int], None]) -> None:
        """Read and store ``files``; ``done`` is told of files and rows as they are finished.

        Raises
        ------
        FileChanged
            If a file was written to while it was read.
        Unreconciled
            If counts do not add up.
        """
        rows = 0
        for number, file in enumerate(files, 1):
            tally = self.tallies[file.name] = FileTally(file)
            for parsed in read_chunks(file, self.source, tally):
                self._buffer(parsed, file)
            tally.check_positions()
            if file.landed.refusal is None and not file.landed.is_unchanged():
                raise FileChanged(file.landed.path)
            self._buffered_files += 1
            if self._buffered_files >= FLUSH_FILES:
                self._flush()
            rows += tally.rows_parsed
            done(number, rows)
        self._flush()
        for tally in self.tallies.values():
            tally.check_rows()

    def total(self, name: str) -> int:
        """Return the sum of one count over all files."""
        return sum(getattr(tally, name) for tally in self.tallies.values())

    def _buffer(self, parsed: Parsed, file: PendingFile) -> None:
        marks = {
            "$file": pl.lit(file.name),
            "$ingested_at": pl.lit(file.first_read_at or self.started_at, pl.Datetime("us")),
        }
        for entity, frame in parsed.rows.items():
            if not frame.is_empty():
                self._frames.setdefault(entity, []).append(frame.with_columns(**marks))
                self._buffered_rows += frame.height
                self._buffered_bytes += int(frame.estimated_size())
        if not parsed.rejected.is_empty():
            self._rejected.append(parsed.rejected.with_columns(**marks))
            self._buffered_rows += parsed.rejected.height
        if self._buffered_rows >= FLUSH_ROWS or self._buffered_bytes >= FLUSH_BYTES:
            self._flush()

    def _flush(self) -> None:
        for entity in sorted(self._frames):
            frame = pl.concat(self._frames[entity], how="diagonal_relaxed")
            conformed = conform(entity, frame, Origin(source=self.source, batch_id=self.batch_id))
            counts = store_versions(self.con, entity, conformed.rows)
            for name, loaded, duplicate in counts.iter_rows():
                self.tallies[name].rows_loaded += loaded
                self.tallies[name].rows_duplicate += duplicate
            self._rejected.append(conformed.rejected)
        self._quarantine([frame for frame in self._rejected if not frame.is_empty()])
        self._frames, self._rejected = {}, []
        self._buffered_rows = self._buffered_bytes = self._buffered_files = 0

    def _quarantine(self, frames: list[pl.DataFrame]) -> None:
        if not frames:
            return
        rejected = pl.concat(frames, how="diagonal_relaxed")
        write_quarantine(self.con, rejected, self.source.name, self.batch_id, self.started_at)
        for name, count in rejected.group_by("$file").len().iter_rows():
            self.tallies[name].rows_quarantined += count
        for code, count in rejected.group_by("reason_code").len().iter_rows():
            self.reasons[code] = self.reasons.get(code, 0) + count
        if self.example is None:
            first = rejected.row(0, named=True)
            self.example = f"{first['$file']}, position {first['position']}: {first['reason']}"
