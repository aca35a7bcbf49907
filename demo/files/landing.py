"""The landing folder: names and contents in, files and a ledger of the planted dirt out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from demo.chance import stream
from demo.timeline import MONTHS, month_starts

Outcome = Literal["quarantined", "duplicate", "loaded"]

DIRT_SCHEMA = {
    "file": pl.String(),
    "position": pl.Int64(),
    "kind": pl.String(),
    "expected": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One planted record: where it is and what the warehouse should do with it.

    ``position`` counts records from 1 as the parsers do: data rows of a CSV, lines of a log,
    messages of a mailbox, elements of an array; 0 means the whole file.
    """

    file: str
    position: int
    kind: str
    expected: Outcome


@dataclass(slots=True)
class Landing:
    """Write files below ``root``; ``records`` counts native records by kind of file."""

    root: Path
    seed: int
    dirt: list[Note] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)

    def write(self, name: str, content: bytes, kind: str, count: int) -> None:
        """Write ``content`` as file ``name``, which holds ``count`` records of ``kind``."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.records[kind] = self.records.get(kind, 0) + count

    def write_lines(self, name: str, lines: pl.Series, kind: str) -> None:
        """Write one record a line, gzipped if the name says so."""
        buffer = io.BytesIO()
        lines.to_frame().write_csv(
            buffer,
            include_header=False,
            quote_style="never",
            compression="gzip" if name.endswith(".gz") else "uncompressed",
            compression_level=2 if name.endswith(".gz") else None,
        )
        self.write(name, buffer.getvalue(), kind, len(lines))

    def rng(self, name: str) -> np.random.Generator:
        """Return the generator for the dirt of file ``name``."""
        return stream(self.seed, "dirt", name)

    def ledger(self) -> pl.DataFrame:
        """Return all notes as a table, by file and position."""
        rows = [(n.file, n.position, n.kind, n.expected) for n in self.dirt]
        frame = pl.DataFrame(rows, schema=DIRT_SCHEMA, orient="row")
        return frame.sort("file", "position", "kind")


def months(frame: pl.DataFrame, column: str) -> Iterator[tuple[int, str, pl.DataFrame]]:
    """Yield month number, month name and the rows of each month that has any.

    ``frame`` is sorted by ``column``, days since the start.
    """
    days = frame[column].to_numpy()
    edges = np.searchsorted(days, month_starts())
    for number, name in enumerate(MONTHS):
        begin, end = int(edges[number]), int(edges[number + 1])
        if end > begin:
            yield number, name, frame.slice(begin, end - begin)
