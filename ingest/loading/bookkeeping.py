"""The counts of a batch in; its rows of ``meta.ingest_batches`` and ``meta.ingest_files`` out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import raw_table
from ingest.loading.batch import Batch
from ingest.loading.tally import FileTally

_COUNTS = ("records_read", "rows_loaded", "rows_duplicate", "rows_quarantined")


def write_batch(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    finished_at: datetime,
    status: str,
    message: str | None,
    mapping_hash: str,
    *,
    files: int | None = None,
) -> None:
    """Insert the batch's row.

    Parameters
    ----------
    files
        Files of a batch that failed and therefore has no tallies.
    """
    names = (
        "batch_id", "source", "started_at", "finished_at", "files", *_COUNTS, "status",
        "message", "mapping_hash",
    )  # fmt: skip
    values = [
        batch.batch_id,
        batch.source.name,
        batch.started_at,
        finished_at,
        len(batch.tallies) if files is None else files,
        *(batch.total(name) for name in _COUNTS),
        status,
        message,
        mapping_hash,
    ]
    marks = ", ".join("?" for _ in names)
    con.execute(
        f"insert into meta.ingest_batches ({', '.join(names)}) values ({marks})",  # noqa: S608
        values,
    )


def write_files(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Insert one row per file read."""
    rows = [
        {
            "file": tally.file.name,
            "path": tally.file.landed.path,
            "source": batch.source.name,
            "fingerprint": tally.file.fingerprint,
            "size_bytes": tally.file.landed.size_bytes,
            "mtime_ns": tally.file.landed.mtime_ns,
            "batch_id": batch.batch_id,
            "rows_parsed": tally.rows_parsed,
            **{name: getattr(tally, name) for name in _COUNTS},
            "status": "quarantined" if tally.is_unreadable else "loaded",
            "message": _message(tally),
            "loaded_at": tally.file.first_read_at or batch.started_at,
        }
        for tally in batch.tallies.values()
    ]
    con.register("file_rows", pl.DataFrame(rows, infer_schema_length=None))
    con.execute("insert into meta.ingest_files by name select * from file_rows")
    con.unregister("file_rows")


def _message(tally: FileTally) -> str | None:
    notes = list(tally.notes)
    if tally.left_out:
        notes.append(f"left out by where: {tally.left_out}")
    return "; ".join(notes) or None


def forget_files(con: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> None:
    """Delete all that came from files which are about to be read again."""
    if not names:
        return
    tables = [raw_table(entity) for entity in CONTRACTS]
    for table in (*tables, "meta.quarantine", "meta.ingest_files"):
        con.execute(
            f"delete from {table} where source = ? and file in (select unnest(?::varchar[]))",  # noqa: S608
            [source, list(names)],
        )
