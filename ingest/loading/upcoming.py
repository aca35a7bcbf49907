"""Sources and their landing files in; what there is to load of each, and its checked rows, out.

One source after the other is read by threads of their own, so that the next is read while the last
is stored and committed: of a daily load that is a third of the time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.clock import utc_now
from ingest.errors import IngestError
from ingest.loading.batch import Batch, batch_of
from ingest.loading.buffer import ConformedBuffer
from ingest.loading.companions import complete_files
from ingest.loading.landing import landed_files
from ingest.loading.pending import PendingFile, pending_files
from ingest.loading.reading import FILE_FAULTS
from ingest.loading.results import Progress
from ingest.loading.verdict import mapping_note
from ingest.source import Source
from ingest.threads.ahead import ahead

logger = logging.getLogger(__name__)

_BUFFERS_AHEAD = 4
"""Checked buffers that may wait for the database. While it compresses 120,000 rows (0.5 s) it takes
none: with none waiting both cores were idle then, with two one of them for 0.3 s at a time."""

Part = ConformedBuffer | Exception | None
"""Checked rows, what ended the reading of a source, or nothing where there is nothing to read."""


@dataclass(slots=True, eq=False)
class Upcoming:
    """What there is to load of one source.

    Parameters
    ----------
    batch
        None if nothing is new.
    note
        What to know about it although it can be loaded, or why there is nothing.
    done
        Told of files and rows as they are read.
    is_given_up
        Set by the one who stores: no more of it will be taken.
    """

    source: Source
    started_at: datetime
    files: list[PendingFile]
    batch: Batch | None
    note: str | None
    done: Callable[[int, int], None]
    is_given_up: bool = False


def upcoming(
    con: duckdb.DuckDBPyConnection,
    sources: Iterable[Source],
    landing: Path,
    *,
    progress: Callable[[Progress], None] | None,
    replay: bool,
) -> Generator[tuple[Upcoming, Part]]:
    """Yield each source with its parts, at least one of each; what is wrong with it is a part.

    Parameters
    ----------
    progress
        Told by one of the reading threads.
    """
    # a transaction of the loading connection must not be seen, nor waited for
    with closing(con.cursor()) as looking:

        def parts() -> Generator[tuple[Upcoming, Part]]:
            for source in sources:
                found = _look(con, looking, source, landing, progress, replay=replay)
                for part in _parts(found):
                    yield found, part

        with closing(ahead([parts()], depth=_BUFFERS_AHEAD)) as read:
            yield from read


def _teller(
    progress: Callable[[Progress], None] | None, source: Source, files: int
) -> Callable[[int, int], None]:
    """Return what tells of files done and rows read."""

    def done(files_done: int, rows: int) -> None:
        if progress is not None:
            now = Progress(source=source.name, files_done=files_done, files_total=files, rows=rows)
            progress(now)

    return done


def _look(
    con: duckdb.DuckDBPyConnection,
    looking: duckdb.DuckDBPyConnection,
    source: Source,
    landing: Path,
    progress: Callable[[Progress], None] | None,
    *,
    replay: bool,
) -> Upcoming:
    """Return what there is to load of ``source``."""
    started_at = utc_now()
    found, waiting = complete_files(source, landed_files(landing, source))
    files = pending_files(looking, source, found, replay=replay)
    done = _teller(progress, source, len(files))
    changed = None if replay or not found else mapping_note(looking, source)
    note = "; ".join(text for text in (waiting, changed) if text) or None
    if not files:
        if changed is not None:
            logger.warning("%s: %s", source.name, changed)
        absent = None if found else f"no file in landing/ matches {source.path}"
        return Upcoming(source, started_at, files, None, note or absent, done)
    batch = batch_of(con, source, started_at)
    return Upcoming(source, started_at, files, batch, note, done)


def _parts(found: Upcoming) -> Generator[Part]:
    if found.batch is None:
        yield None
        return
    try:
        with closing(found.batch.conformed(found.files, found.done)) as buffers:
            for buffer in buffers:
                if found.is_given_up:
                    return
                yield buffer
    except (IngestError, *FILE_FAULTS) as error:
        yield error
