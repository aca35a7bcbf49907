"""Landing files and ``sources.yml`` in; the raw layer and its bookkeeping out.

Everything about one load of one source is one transaction, see ``ingest.batch``: killed at any
moment, the next run does it again from the start and ends with the same tables.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingest.as_of import resolve_as_of
from ingest.batch import Batch
from ingest.bookkeeping import forget_files, write_batch, write_files
from ingest.config import Config
from ingest.errors import (
    FileChanged,
    IngestError,
    TooManyQuarantined,
    UnknownSource,
    nearest,
)  # fmt: skip
from ingest.landing import landed_files
from ingest.pending import PendingFile, pending_files
from ingest.schema import create_schemas_and_tables, write_settings
from ingest.source import Source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What became of one source in one load.

    Parameters
    ----------
    status
        ``loaded``; ``unchanged`` if there was nothing to do; ``failed``, then all counts of
        rows are 0 and the old data is untouched.
    """

    source: str
    status: str
    batch_id: str | None = None
    started_at: datetime
    finished_at: datetime
    files: int = 0
    records_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the load of a source has come."""

    source: str
    files_done: int
    files_total: int
    rows: int


def load_all(
    con: duckdb.DuckDBPyConnection,
    config: Config,
    home: Path,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    replay: bool = False,
) -> list[BatchResult]:
    """Load what is new in ``home/landing`` of every source, then write ``meta.settings``.

    Sources fail one by one: a failed one is in the results with its message, the others are
    loaded.

    Parameters
    ----------
    con
        Connection to the warehouse, outside of any transaction; tables are created.
    only
        Names of the sources to load; all by default.
    replay
        Read every file that is still in the landing folder again.

    Raises
    ------
    UnknownSource
        If ``only`` names a source that there is not.
    """
    create_schemas_and_tables(con)
    results = [
        load_source(
            con,
            source,
            home / "landing",
            quarantine_limit=config.quarantine_limit,
            progress=progress,
            replay=replay,
        )
        for source in chosen_sources(config, only)
    ]
    now = _now()
    as_of = resolve_as_of(con, config.as_of, config.company.time_zone, now)
    write_settings(con, config.company, as_of)
    return results


def replay(
    con: duckdb.DuckDBPyConnection,
    config: Config,
    home: Path,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> list[BatchResult]:
    """Rebuild ``raw`` from the landing folder, e.g. after a mapping was changed.

    Rows of files that are no longer there, or have been overwritten since, stay as they are.
    """
    return load_all(con, config, home, only=only, progress=progress, replay=True)


def chosen_sources(config: Config, only: Sequence[str] | None) -> tuple[Source, ...]:
    """Return the sources of ``only``, in the order of ``sources.yml``."""
    if only is None:
        return config.sources
    names = [source.name for source in config.sources]
    for name in only:
        if name not in names:
            raise UnknownSource(f"there is no source {name!r}; {nearest(name, names)}")
    return tuple(source for source in config.sources if source.name in only)


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
    started_at = _now()
    found = landed_files(landing, source)
    files = pending_files(con, source, found, replay=replay)
    if not files:
        message = None if found else f"no file in landing/ matches {source.path}"
        return BatchResult(
            source=source.name,
            status="unchanged",
            started_at=started_at,
            finished_at=_now(),
            message=message,
        )
    changing: list[str] = []
    while True:
        batch = Batch(con, source, _batch_id(source, started_at), started_at)
        try:
            return _load(batch, files, changing, quarantine_limit, progress)
        except FileChanged as changed:
            logger.warning("%s; it is left for the next run", changed)
            changing.append(changed.path)
            files = [file for file in files if file.landed.path != changed.path]
        except (IngestError, duckdb.Error, OSError) as error:
            return _failed(batch, len(files), str(error))


def _load(
    batch: Batch,
    files: list[PendingFile],
    changing: list[str],
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
        _check_share(batch, quarantine_limit)
        result = BatchResult(
            source=source.name,
            status="loaded",
            batch_id=batch.batch_id,
            started_at=batch.started_at,
            finished_at=_now(),
            files=len(files),
            records_read=batch.total("records_read"),
            rows_loaded=batch.total("rows_loaded"),
            rows_duplicate=batch.total("rows_duplicate"),
            rows_quarantined=batch.total("rows_quarantined"),
            message=_message(batch, changing),
        )
        write_files(con, batch)
        write_batch(con, batch, result.finished_at, "loaded", result.message, mapping_hash(source))
    except BaseException:
        con.rollback()
        raise
    con.commit()
    return result


def _check_share(batch: Batch, limit: float) -> None:
    rows, bad = batch.total("rows_parsed"), batch.total("rows_quarantined")
    if rows == 0 or bad / rows <= limit:
        return
    kinds = ", ".join(f"{code} {n}" for code, n in sorted(batch.reasons.items()))
    raise TooManyQuarantined(
        f"{bad} of {rows} rows ({bad / rows:.0%}) cannot be loaded, more than quarantine_limit "
        f"{limit:g} allows; nothing was changed. {kinds}; e.g. {batch.example}. Correct the "
        "files or the mapping, or raise quarantine_limit"
    )


def _message(batch: Batch, changing: list[str]) -> str | None:
    parts = [f"{path} was being written and is left for the next run" for path in changing]
    if batch.reasons:
        kinds = ", ".join(f"{code} {n}" for code, n in sorted(batch.reasons.items()))
        parts.append(f"quarantined: {kinds}; e.g. {batch.example}")
    return "; ".join(parts) or None


def _failed(batch: Batch, files: int, message: str) -> BatchResult:
    """Record a batch that was undone."""
    logger.error("%s: %s", batch.source.name, message)
    finished_at = _now()
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


def mapping_hash(source: Source) -> str:
    """Return a hash of everything that decides what a file's rows become."""
    return hashlib.sha256(repr(source).encode()).hexdigest()[:16]


def _batch_id(source: Source, started_at: datetime) -> str:
    return f"{started_at:%Y%m%dT%H%M%S%f}-{source.name}"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
