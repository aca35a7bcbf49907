"""What a parser gives the loader: rows by entity, rejected records, and a count of both."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

REJECTED_SCHEMA: dict[str, pl.DataType] = {
    "position": pl.Int64(),
    "entity": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
    "payload": pl.String(),
}
"""Columns of rejected records; ``payload`` is the record as it arrived."""


def no_rejects() -> pl.DataFrame:
    """Return an empty frame of rejected records."""
    return pl.DataFrame(schema=REJECTED_SCHEMA)


class UnreadableFile(Exception):
    """Nothing of the file can be read; the loader quarantines it as a whole."""


@dataclass(slots=True)
class Parsed:
    """One chunk of one file.

    Parameters
    ----------
    read
        Native records seen in the chunk (lines, messages, array elements), counted apart from
        the rows made of them. Their positions count from 1 through the whole file, and each
        occurs in ``rows`` or in ``rejected``.
    rows
        Per entity a frame of contract columns (missing ones mean null) and ``position``,
        optionally ``recorded_at``, ``is_deleted``, ``merged_into_ref``, ``attributes``, and
        ``$unreadable`` with what a mapping could not read (``ingest.conform.fault``).
    notes
        What to know about the file although it could be read, e.g. its wrong encoding.
    table
        Of a tabular format: source columns and ``$position``, still to be mapped. The loader maps
        the tables of many small files at once, which saves 20 queries a file.
    left_out
        Records that the source's ``where`` leaves out; they are in nothing of the above.
    is_tidy
        It is known that no text of ``table`` is empty, begins or ends with a blank.
    """

    read: int
    rows: dict[str, pl.DataFrame] = field(default_factory=dict)
    rejected: pl.DataFrame = field(default_factory=no_rejects)
    notes: tuple[str, ...] = ()
    table: pl.DataFrame | None = None
    left_out: int = 0
    is_tidy: bool = False
