"""A source with a ``collect`` section in; files in ``landing/`` and a moved cursor out.

The cursor is ``<home>/collect/<source>.json``; how it stays true to the files is told in
``ingest.collect.landing_file``. Whatever a stream has landed before it fails stays landed.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from ingest.collect.batch import Collector, StreamPreview
from ingest.collect.errors import (
    AccessRefused,
    CollectError,
    CollectorBusy,
    LandingRefused,
    NotGranted,
    StreamMissing,
)
from ingest.collect.kinds import KINDS
from ingest.collect.landing_file import committed_cursor, make_folder
from ingest.collect.patience import PATIENCE, Patience
from ingest.collect.source_time import limited, minutes
from ingest.collect.stream_landing import CollectProgress, StreamLanding
from ingest.source import Collect, Source

logger = logging.getLogger(__name__)

STALLED_S = 300.0
"""A source whose time ends is healthy if it has moved since, and only has much to give."""

_NUMBERED = re.compile(r"-(\d{8})\.[a-z]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a run has landed.

    Parameters
    ----------
    files
        Relative to the home folder, in the order they were landed.
    cursor
        Position per stream after the run.
    left_off
        Why there is more to collect; empty if there is not.
    """

    source: str
    files: tuple[str, ...]
    records: int
    cursor: dict[str, Any]
    left_off: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a run would fetch; that there is one means that the connection works.

    Parameters
    ----------
    missing
        A sentence for each stream that the system does not have.
    """

    source: str
    kind: str
    streams: tuple[StreamPreview, ...]
    missing: tuple[str, ...]


def collect(
    source: Source,
    home: Path,
    progress: Callable[[CollectProgress], None] | None = None,
    *,
    patience: Patience = PATIENCE,
) -> Collected:
    """Fetch what is new of a source and land it.

    Raises
    ------
    CollectError
        If the system cannot be reached, refuses access or answers what it must not; if another
        process collects the source.
    OutOfTime
        If nothing has come for minutes when the time of the source ends.
    StreamMissing, NotGranted
        If the system lacks some of the streams, or does not give them, after the others were
        collected.
    LandingRefused
        If the disk is full or the home folder cannot be written.
    CursorUnreadable
        If the cursor is damaged.
    """
    settings = _settings(source)
    missing: list[str] = []
    left_off = ""
    with (
        _written(home),
        _alone(home, source),
        limited(source, settings, patience) as given,
        closing(_collector(settings, given)) as collector,
    ):
        cursor_file = _cursor_file(home, source)
        cursor = committed_cursor(home, cursor_file)
        folder = home / "landing" / settings.folder
        run = StreamLanding(
            source=source.name,
            home=home,
            folder=folder,
            cursor_file=cursor_file,
            cursor=replace(cursor, sequence=_swept(folder, cursor.sequence)),
            progress=progress,
        )
        streams = collector.streams()
        refused = 0
        for stream in streams:
            try:
                given.limit.check()
                run.collect(collector, stream)
            except CollectError as error:
                if given.limit.is_over:
                    if run.moved_s is None or time.monotonic() - run.moved_s > STALLED_S:
                        raise
                    left_off = f"{minutes(given)} are over and there is more: the next run goes on"
                    break
                if not isinstance(error, StreamMissing | NotGranted):
                    raise
                # a folder that somebody renamed is no reason to miss the mail of the others, nor
                # a scope that was forgotten for one object
                logger.warning("%s: %s", source.name, error)
                missing.append(str(error))
                refused += isinstance(error, NotGranted)
    if refused == len(streams):
        raise AccessRefused(missing[0])
    if missing:
        told = NotGranted if refused else StreamMissing
        raise told(f"all but this was collected: {'; '.join(missing)}")
    return Collected(
        source=source.name,
        files=tuple(run.files),
        records=run.records,
        cursor=run.cursor.streams,
        left_off=left_off,
    )


def preview(source: Source, home: Path, *, patience: Patience = PATIENCE) -> Preview:
    """Connect to a source and say what a run would fetch; nothing is written.

    Raises
    ------
    CollectError
        As ``collect`` would, but for streams that are missing.
    """
    settings = _settings(source)
    cursor_file = _cursor_file(home, source)
    states = committed_cursor(home, cursor_file).streams if cursor_file.exists() else {}
    streams: list[StreamPreview] = []
    missing: list[str] = []
    refused = 0
    with (
        limited(source, settings, patience) as given,
        closing(_collector(settings, given)) as collector,
    ):
        for stream in collector.streams():
            try:
                streams.append(collector.preview(stream, states.get(stream)))
            except StreamMissing as error:
                missing.append(str(error))
            except NotGranted as error:
                missing.append(str(error))
                refused += 1
    if refused and not streams:
        raise AccessRefused(missing[0])
    return Preview(
        source=source.name, kind=settings.kind, streams=tuple(streams), missing=tuple(missing)
    )


def _settings(source: Source) -> Collect:
    if source.is_received:
        raise CollectError(
            f"source {source.name} is received, not asked: crm collect --listen receives it"
        )
    if source.collect is None:
        raise CollectError(
            f"source {source.name} has no collect section in sources.yml: its files are put into "
            "the landing folder by others"
        )
    return source.collect


def _collector(settings: Collect, patience: Patience) -> Collector:
    module = import_module(KINDS[settings.kind].module)
    collector: Collector = module.collector(settings, patience)
    return collector


def _cursor_file(home: Path, source: Source) -> Path:
    return home / "collect" / f"{source.name}.json"


@contextmanager
def _written(home: Path) -> Iterator[None]:
    """Turn what the system says of a file into a sentence.

    Raises
    ------
    LandingRefused
        Errors of connections are none of these: collectors have sentences of their own for them.
    """
    try:
        yield
    except OSError as error:
        remedy = (
            "free some disk space" if error.errno == errno.ENOSPC else "correct its permissions"
        )
        raise LandingRefused(
            f"{error.filename or home} cannot be used ({error.strerror}): {remedy}; what was "
            "landed before stays, the next run goes on from there"
        ) from error


@contextmanager
def _alone(home: Path, source: Source) -> Iterator[None]:
    """Hold the lock of a source; the kernel frees it however the process ends."""
    folder = home / "collect"
    make_folder(folder)
    handle = os.open(folder / f"{source.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CollectorBusy(
                f"source {source.name} is being collected by another process; wait until it ends"
            ) from None
        yield
    finally:
        os.close(handle)


def _swept(folder: Path, sequence: int) -> int:
    """Remove what a batch that was never committed left; return the last number in use.

    Files can have higher numbers than the cursor only where somebody removed it to collect
    everything again: their numbers are not used a second time.
    """
    if not folder.is_dir():
        return sequence
    for file in folder.iterdir():
        if (numbered := _NUMBERED.search(file.name)) and not file.name.startswith("."):
            sequence = max(sequence, int(numbered.group(1)))
    for part in folder.glob(f".*-{sequence + 1:08d}.*.part"):
        part.unlink()
    return sequence
