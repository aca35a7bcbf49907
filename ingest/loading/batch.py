"""The pending files of one source in; rows of raw, quarantine and bookkeeping out.

All in one transaction, which the caller ends. A transaction per file would cost some 20 ms for
each of a hundred thousand mails, and ``quarantine_limit`` is about the source's batch as a
whole: only a transaction around the batch lets old data stay when it fails. DuckDB writes large
appends to the database file as they come and keeps no copy of them in the WAL, so neither grows
with the batch. What a kill costs is one source's batch.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from ingest.conform import Origin
from ingest.errors import FileChanged
from ingest.loading.buffer import Buffer, ConformedBuffer
from ingest.loading.pending import PendingFile
from ingest.loading.reading import read_chunks
from ingest.loading.tally import FileTally
from ingest.parsed import Parsed
from ingest.raw.apart import apart
from ingest.raw.arrivals import Arrivals, Arrived
from ingest.raw.quarantine import write_quarantine
from ingest.raw.versions import store_versions
from ingest.source import Source
from ingest.sources import COLUMNAR_FORMATS
from ingest.threads.ahead import ahead
from ingest.threads.side_by_side import side_by_side

_LARGE_FILE_BYTES = 1 << 18
_MOST_REJECTED_BYTES = 1 << 24
"""How much of what was rejected waits to be stored at once."""


@dataclass(slots=True)
class Batch:
    """One load of one source, under way.

    Parameters
    ----------
    started_at
        Naive UTC.
    stored
        Entities of which there were rows.
    """

    con: duckdb.DuckDBPyConnection
    source: Source
    batch_id: str
    started_at: datetime
    tallies: dict[str, FileTally] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    example: str | None = None
    stored: set[str] = field(default_factory=set)
    _origin: Origin = field(init=False)
    _rejected: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._origin = Origin(source=self.source, batch_id=self.batch_id)

    def conformed(
        self, files: Sequence[PendingFile], done: Callable[[int, int], None]
    ) -> Generator[ConformedBuffer]:
        """Yield the checked rows of ``files``, in order.

        Parameters
        ----------
        done
            Told of files and rows as they are read.

        Raises
        ------
        FileChanged
            If a file was written to while it was read.
        Unreconciled
            If a parser lost or invented records.
        """
        self.tallies = {file.name: FileTally(file) for file in files}
        is_columnar = self.source.format in COLUMNAR_FORMATS
        read = ahead(
            map(self._chunks, files),
            readers=_readers(self.source, files),
            stands_aside=is_columnar,
        )
        with closing(read) as chunks:
            buffers = self._buffers(chunks, done)
            yield from side_by_side(Buffer.conform, buffers, stands_aside=is_columnar)

    def store(self, buffers: Iterable[ConformedBuffer]) -> None:
        """Store all that was made of the files.

        Raises
        ------
        Unreconciled
            If counts do not add up.
        """
        with closing(self.con.cursor()) as looking:
            # one waits, for they are large, and it takes no time to make the next
            found = ahead([self._arrived(looking, buffers)], depth=1)
            with closing(found) as items:
                for arrived, rejected in items:
                    self._store(arrived, rejected)
        self._quarantine()
        for tally in self.tallies.values():
            tally.check_rows()

    def _buffers(
        self, chunks: Iterable[tuple[PendingFile, Parsed | None]], done: Callable[[int, int], None]
    ) -> Iterator[Buffer]:
        """Yield what the chunks of one file after the other fill."""
        rows = finished = 0
        buffer = Buffer(self._origin)
        for file, parsed in chunks:
            if parsed is not None:
                ingested_at = pl.lit(file.first_read_at or self.started_at, pl.Datetime("us"))
                buffer.add(parsed, file, ingested_at)
            else:
                buffer.files += 1
                rows += self.tallies[file.name].rows_parsed
                finished += 1
                done(finished, rows)
            if buffer.is_full:
                yield buffer
                buffer = Buffer(self._origin)
        yield buffer

    def _chunks(self, file: PendingFile) -> Iterator[tuple[PendingFile, Parsed | None]]:
        """Yield the chunks of a file, and None after the last."""
        tally = self.tallies[file.name]
        for parsed in read_chunks(file, self.source, tally):
            yield file, parsed
        tally.check_positions()
        if file.landed.refusal is None and not file.landed.is_unchanged():
            raise FileChanged(file.landed.path)
        yield file, None

    def total(self, name: str) -> int:
        """Return the sum of one count over all files."""
        return sum(getattr(tally, name) for tally in self.tallies.values())

    def _arrived(
        self, looking: duckdb.DuckDBPyConnection, buffers: Iterable[ConformedBuffer]
    ) -> Iterator[tuple[list[Arrived], pl.DataFrame | None]]:
        """Yield what is new in each buffer and what was rejected there, and in the end the rest."""
        arrivals: dict[str, Arrivals] = {}
        for buffer in buffers:
            arrived = []
            for entity, rows in buffer.rows.items():
                if entity not in arrivals:
                    arrivals[entity] = Arrivals(looking, entity)
                arrived.append(arrivals[entity].take(rows))
            yield arrived, buffer.rejected
        yield [each.rest() for each in arrivals.values()], None

    def _store(self, arrived: list[Arrived], rejected: pl.DataFrame | None) -> None:
        for rows in arrived:
            self.stored.add(rows.entity)
            self._count(store_versions(self.con, rows))
        if rejected is not None:
            self._rejected.append(apart(rejected))
            if sum(frame.estimated_size() for frame in self._rejected) >= _MOST_REJECTED_BYTES:
                self._quarantine()

    def _count(self, counts: pl.DataFrame) -> None:
        for name, loaded, duplicate in counts.iter_rows():
            self.tallies[name].rows_loaded += loaded
            self.tallies[name].rows_duplicate += duplicate

    def _quarantine(self) -> None:
        """Store what was rejected: of most buffers a few rows, for 30 ms whatever their number."""
        if not self._rejected:
            return
        rejected = pl.concat(self._rejected, how="diagonal_relaxed")
        self._rejected = []
        write_quarantine(self.con, rejected, self.source.name, self.batch_id, self.started_at)
        for name, count in rejected.group_by("$file").len().iter_rows():
            self.tallies[name].rows_quarantined += count
        for code, count in rejected.group_by("reason_code").len().iter_rows():
            self.reasons[code] = self.reasons.get(code, 0) + count
        if self.example is None:
            first = rejected.row(0, named=True)
            self.example = f"{first['$file']}, position {first['position']}: {first['reason']}"


def batch_of(con: duckdb.DuckDBPyConnection, source: Source, started_at: datetime) -> Batch:
    """Return a batch of ``source`` with nothing in it."""
    return Batch(con, source, f"{started_at:%Y%m%dT%H%M%S%f}-{source.name}", started_at)


def _readers(source: Source, files: Sequence[PendingFile]) -> int:
    """Return how many files are read at a time.

    Two where parsers leave the interpreter to each other most of the time: what is done for a
    small file is done by the interpreter.
    """
    is_large = sum(file.landed.size_bytes for file in files) >= _LARGE_FILE_BYTES * len(files)
    return 2 if source.format in COLUMNAR_FORMATS and is_large and len(files) > 1 else 1
