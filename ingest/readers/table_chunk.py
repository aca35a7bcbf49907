"""What a reader is asked for, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest.parsed import no_rejects

MAX_BYTES = 8 << 30
"""Default limit of a file's decompressed size: above it a file is a mistake or a bomb."""

MAX_LINE_BYTES = 1 << 20
"""Default limit of one record: 1 MiB. Longer ones are rejected, not read into memory."""

CHUNK_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRequest:
    """What to read of a file.

    Parameters
    ----------
    entity
        Entity the rows are for, named in rejected records.
    used
        Source columns that the mapping uses.
    lists
        Those of them that make a list, so that a JSON array stays one.
    keep_rest
        Whether columns beyond ``used`` are wanted, for ``attributes``.
    options
        The source's options.
    """

    entity: str
    used: tuple[str, ...]
    lists: frozenset[str] = frozenset()
    keep_rest: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def max_bytes(self) -> int:
        """Limit of the decompressed size."""
        return int(self.options.get("max_bytes", MAX_BYTES))

    @property
    def max_line_bytes(self) -> int:
        """Limit of the size of one record."""
        return int(self.options.get("max_line_bytes", MAX_LINE_BYTES))


@dataclass(slots=True)
class TableChunk:
    """Consecutive records of one file.

    Parameters
    ----------
    read
        Records in the chunk.
    frame
        ``$position`` and the source's columns; of JSON only those used, and ``$attributes``
        with the rest of the object.
    is_tidy
        It is known that no text is empty, begins or ends with a blank.
    """

    read: int
    frame: pl.DataFrame
    rejected: pl.DataFrame = field(default_factory=no_rejects)
    notes: tuple[str, ...] = ()
    is_tidy: bool = False
