"""Sources and their landing files in; their rows of the raw layer out, a transaction for each.

Killed at any moment, the next run does it again from the start and ends with the same tables.
Why one transaction: see ``ingest.loading.batch``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb

from ingest.clock import utc_now
from ingest.disk_faults import disk_is_full
from ingest.errors import FileChanged, IngestError
from ingest.loading.batch import Batch, batch_of
from ingest.loading.bookkeeping import forget_files, write_batch, write_files
from ingest.loading.buffer import ConformedBuffer
from ingest.loading.pending import PendingFile
from ingest.loading.reading import FILE_FAULTS
from ingest.loading.results import BatchResult, Progress
from ingest.loading.upcoming import Part, Upcoming, upcoming
from ingest.loading.verdict import batch_message, check_share, mapping_hash
from ingest.raw.redactions import take_back_texts
from ingest.source import Source

logger = logging.getLogger(__name__)


def load_sources(
    con: duckdb.DuckDBPyConnection,
    sources: Iterable[Source],
    landing: Path,
    *,
    quarantine_limit: float = 0.2,
    progress: Callable[[Progress], None] | None = None,
    replay: bool = False,
) -> list[BatchResult]:
    """Load what is new of each source; while one is stored, the next is read.

    Parameters
    ----------
    con
        Outside of any transaction.
    quarantine_limit
        Share of a batch's rows above which it fails and leaves no rows.
    progress
        Told by another thread.
    """
    reading = upcoming(con, sources, landing, progress=progress, replay=replay)
    with closing(reading) as parts:
        return [
            _load_source(found, (part for _, part in its), quarantine_limit)
            for found, its in groupby(parts, key=itemgetter(0))
        ]


def load_source(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    landing: Path,
    *,
    quarantine_limit: float = 0.2,
    replay: bool = False,
) -> BatchResult:
    """Load what is new of one source, see ``load_sources``."""
    (result,) = load_sources(
        con, [source], landing, quarantine_limit=quarantine_limit, replay=replay
    )
    return result


def _load_source(found: Upcoming, parts: Iterator[Part], quarantine_limit: float) -> BatchResult:
    """Store what is read of one source."""
    batch, files, note = found.batch, found.files, found.note
    if batch is None:
        return BatchResult(
            source=found.source.name,
            status="unchanged",
            started_at=found.started_at,
            finished_at=utc_now(),
            message=note,
        )
    if note is not None:
        logger.warning("%s: %s", found.source.name, note)
    buffers = _buffers(parts)
    changing: list[str] = []
    while True:
        try:
            return _load(batch, files, buffers, changing, note, quarantine_limit)
        except FileChanged as changed:
            logger.warning("%s; it is left for the next run", changed)
            changing.append(changed.path)
            files = [file for file in files if file.landed.path != changed.path]
            batch = batch_of(batch.con, found.source, found.started_at)
            buffers = batch.conformed(files, found.done)
        except IngestError as error:
            found.is_given_up = True
            return _failed(batch, len(files), str(error))
        except FILE_FAULTS as error:
            found.is_given_up = True
            if not disk_is_full(error):
                logger.exception("%s: the load failed", found.source.name)
            # where there is no room for that either, nothing more is loaded
            return _failed(batch, len(files), f"{type(error).__name__}: {error}")


def _buffers(parts: Iterator[Part]) -> Iterator[ConformedBuffer]:
    """Yield the checked rows, and raise what ended the reading."""
    for part in parts:
        if isinstance(part, Exception):
            raise part
        if part is not None:
            yield part


def _load(
    batch: Batch,
    files: list[PendingFile],
    buffers: Iterable[ConformedBuffer],
    changing: list[str],
    note: str | None,
    quarantine_limit: float,
) -> BatchResult:
    """Store the rows of the files in one transaction, which is undone if anything goes wrong."""
    con, source = batch.con, batch.source
    con.begin()
    try:
        forget_files(con, source.name, [f.name for f in files if f.first_read_at is not None])
        batch.store(buffers)
        take_back_texts(con, batch.batch_id, batch.stored)
        check_share(batch, quarantine_limit)
        result = BatchResult(
            source=source.name,
            status="loaded",
            batch_id=batch.batch_id,
            started_at=batch.started_at,
            finished_at=utc_now(),
            files=len(files),
            records_read=batch.total("records_read"),
            rows_loaded=batch.total("rows_loaded"),
            rows_duplicate=batch.total("rows_duplicate"),
            rows_quarantined=batch.total("rows_quarantined"),
            message=batch_message(batch, changing, note),
        )
        write_files(con, batch)
        write_batch(con, batch, result.finished_at, "loaded", result.message, mapping_hash(source))
    except BaseException:
        con.rollback()
        raise
    con.commit()
    return result


def _failed(batch: Batch, files: int, message: str) -> BatchResult:
    """Record a batch that was undone."""
    logger.error("%s: %s", batch.source.name, message)
    finished_at = utc_now()
    failed = batch_of(batch.con, batch.source, batch.started_at)
    write_batch(
        batch.con, failed, finished_at, "failed", message, mapping_hash(batch.source), files=files
    )
    return BatchResult(
        source=batch.source.name,
        status="failed",
        batch_id=batch.batch_id,
        started_at=batch.started_at,
        finished_at=finished_at,
        files=files,
        message=message,
    )
