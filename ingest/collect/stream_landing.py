"""Batches of one stream after the other in; files in ``landing/`` and a moved cursor out."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.collect.batch import Batch, Collector
from ingest.collect.landing_file import Cursor, commit

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectProgress:
    """How far the collecting of a source has come in this run."""

    source: str
    stream: str
    files: int
    records: int


@dataclass(slots=True, kw_only=True)
class StreamLanding:
    """What a run has landed of a source so far.

    Parameters
    ----------
    folder
        Where the files go.
    cursor
        Position of every stream; moves with each batch.
    progress
        Is told of every file.
    moved_s
        When the position last moved, by the clock that only goes on; None if it has not yet.
    """

    source: str
    home: Path
    folder: Path
    cursor_file: Path
    cursor: Cursor
    progress: Callable[[CollectProgress], None] | None = None
    files: list[str] = field(default_factory=list)
    records: int = 0
    moved_s: float | None = None

    def collect(self, collector: Collector, stream: str) -> None:
        """Land what is new in a stream; what was landed before it fails stays landed."""
        for batch in collector.batches(stream, self.cursor.streams.get(stream)):
            streams = {**self.cursor.streams, stream: batch.state}
            if batch.content is not None:
                self._land(stream, batch, batch.content, streams, collector.suffix)
            elif streams != self.cursor.streams:
                self.cursor = replace(self.cursor, streams=streams, landing=None)
                commit(self.home, self.cursor_file, self.cursor, None)
                self.moved_s = time.monotonic()

    def _land(
        self, stream: str, batch: Batch, content: bytes, streams: dict[str, Any], suffix: str
    ) -> None:
        sequence = self.cursor.sequence + 1
        name = f"{_slug(stream)}-{sequence:08d}{suffix}"
        landing = (self.folder / name).relative_to(self.home).as_posix()
        self.cursor = Cursor(sequence=sequence, streams=streams, landing=landing)
        commit(self.home, self.cursor_file, self.cursor, content)
        self.moved_s = time.monotonic()
        self.files.append(landing)
        self.records += batch.records
        logger.info("%s: %d records of %s in %s", self.source, batch.records, stream, name)
        if self.progress is not None:
            self.progress(
                CollectProgress(
                    source=self.source,
                    stream=stream,
                    files=len(self.files),
                    records=self.records,
                )
            )


def _slug(stream: str) -> str:
    return re.sub("[^A-Za-z0-9_]+", "-", stream).strip("-") or "stream"
