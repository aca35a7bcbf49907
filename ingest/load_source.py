"""One source and its landing files in; its rows of the raw layer out, in one transaction.

Killed at any moment, the next run does it again from the start and ends with the same tables.
Why one transaction: see ``ingest.batch``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.batch import Batch
from ingest.bookkeeping import forget_files, write_batch, write_files
from ingest.clock import utc_now
from ingest.companions import complete_files
from ingest.errors import FileChanged, IngestError
from ingest.landing import landed_files
from ingest.pending import PendingFile, pending_files
from ingest.reading import FILE_FAULTS
from ingest.results import BatchResult, Progress
from ingest.source import Source
from ingest.verdict import batch_message, check_share, mapping_hash, mapping_note

logger = logging.getLogger(__name__)


def load_source(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    landing: Path,
    *,
    quarantine_limit: float = 0.2,
    progress: Callable[[Progress], None] | None = None,
    replay: bool = False,
) -> BatchResult:
    """Load what is new of one source, in one transaction.

    Parameters
    ----------
    quarantine_limit
        Share of the batch's rows above which it fails and leaves no rows.
    """
    started_at = utc_now()
    found, waiting = complete_files(source, landed_files(landing, source))
    files = pending_files(con, source, found, replay=replay)
    if not files:
        message = None if found else f"no file in landing/ matches {source.path}"
        message = waiting or message
        return BatchResult(
            source=source.name,
            status="unchanged",
            started_at=started_at,
            finished_at=utc_now(),
            message=message,
        )
    notes = [waiting, None if replay else mapping_note(con, source)]
    note = "; ".join(text for text in notes if text) or None
    if note is not None:
        logger.warning("%s: %s", source.name, note)
    changing: list[str] = []
    while True:
        batch = Batch(con, source, _batch_id(source, started_at), started_at)
        try:
            return _load(batch, files, changing, note, quarantine_limit, progress)
        except FileChanged as changed:
            logger.warning("%s; it is left for the next run", changed)
            changing.append(changed.path)
            files = [file for file in files if file.landed.path != changed.path]
        except IngestError as error:
            return _failed(batch, len(files), str(error))
        except FILE_FAULTS as error:
            logger.exception("%s: the load failed", source.name)
            return _failed(batch, len(files), f"{type(error).__name__}: {error}")


def _load(
    batch: Batch,
    files: list[PendingFile],
    changing: list[str],
    note: str | None,
    quarantine_limit: float,
    progress: Callable[[Progress], None] | None,
) -> BatchResult:
    """Load the files in one transaction, which is undone if anything goes wrong."""
    con, source = batch.con, batch.source

    def done(files_done: int, rows: int) -> None:
        if progress is not None:
            progress(
                Progress(
                    source=source.name, files_done=files_done, files_total=len(files), rows=rows
                )
            )

    con.begin()
    try:
        forget_files(con, source.name, [f.name for f in files if f.first_read_at is not None])
        batch.load(files, done)
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
    failed = Batch(batch.con, batch.source, batch.batch_id, batch.started_at)
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


def _batch_id(source: Source, started_at: datetime) -> str:
    return f"{started_at:%Y%m%dT%H%M%S%f}-{source.name}"
