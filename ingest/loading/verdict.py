"""A batch in; whether it may stay and what to say about it out."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import duckdb

from ingest.errors import TooManyQuarantined
from ingest.loading.batch import Batch
from ingest.source import Source

NOT_OURS = frozenset({"no_place", "no_entity", "field_not_kept", "event_not_kept"})
"""Records that are whole, but of a kind that the warehouse has no table for. They are shown in
quarantine; that an export holds many of them says nothing about its health."""


def check_share(batch: Batch, limit: float) -> None:
    """Check that no more than ``limit`` (0 to 1) of the rows are quarantined for being broken.

    Raises
    ------
    TooManyQuarantined
        With the kinds of faults, an example and the remedy.
    """
    not_ours = sum(n for code, n in batch.reasons.items() if code in NOT_OURS)
    rows = batch.total("rows_parsed") - not_ours
    bad = batch.total("rows_quarantined") - not_ours
    if rows == 0 or bad / rows <= limit:
        return
    kinds = ", ".join(f"{code} {n}" for code, n in sorted(batch.reasons.items()))
    raise TooManyQuarantined(
        f"{bad} of {rows} rows ({bad / rows:.0%}) cannot be loaded, more than quarantine_limit "
        f"{limit:g} allows; nothing was changed. {kinds}; e.g. {batch.example}. Correct the "
        "files or the mapping, or raise quarantine_limit"
    )


def batch_message(batch: Batch, changing: list[str], note: str | None) -> str | None:
    """Return what to know about a batch that was loaded; None if there is nothing."""
    parts = [f"{path} was being written and is left for the next run" for path in changing]
    if note is not None:
        parts.append(note)
    if left_out := batch.total("left_out"):
        parts.append(f"left out by where: {left_out}")
    if batch.reasons:
        kinds = ", ".join(f"{code} {n}" for code, n in sorted(batch.reasons.items()))
        parts.append(f"quarantined: {kinds}; e.g. {batch.example}")
    return "; ".join(parts) or None


def mapping_note(con: duckdb.DuckDBPyConnection, source: Source) -> str | None:
    """Say so if earlier files were loaded with another mapping than ``sources.yml`` has now."""
    row = con.execute(
        "select mapping_hash from meta.ingest_batches where source = ? and status = 'loaded' "
        "order by started_at desc limit 1",
        [source.name],
    ).fetchone()
    if row is None or row[0] == mapping_hash(source):
        return None
    return (
        "its entry in sources.yml has changed since its earlier files were loaded; "
        f"to apply it to them too: `crm ingest --replay --source {source.name}`"
    )


def mapping_hash(source: Source) -> str:
    """Return a hash of everything that decides what a file's rows become."""
    mapping = replace(source, collect=None, is_received=False)
    # an entry without one has the hash that it had before there was any
    where = "" if source.where is None else repr(source.where)
    return hashlib.sha256(f"{mapping!r}{where}".encode()).hexdigest()[:16]
