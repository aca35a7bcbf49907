"""The files of a source and the record of earlier readings in; the files to read now out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import raw_table
from ingest.hashing import sha256_of_file
from ingest.loading.companions import reread_folders
from ingest.loading.landing import LandedFile
from ingest.source import Source
from ingest.threads.side_by_side import side_by_side

_LARGE_FILE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file to read.

    Parameters
    ----------
    name
        What rows call it: its path, with ``#000002`` and so on once the path has been
        overwritten with other contents, so that the newer contents come after the older.
    first_read_at
        When these contents were first read (naive UTC); None if never.
    """

    landed: LandedFile
    name: str
    fingerprint: str
    first_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    name: str
    fingerprint: str
    size_bytes: int
    mtime_ns: int
    loaded_at: datetime


def pending_files(
    con: duckdb.DuckDBPyConnection, source: Source, files: Iterable[LandedFile], *, replay: bool
) -> list[PendingFile]:
    """Return the files that are new, changed or have to be read again, sorted by name.

    A file whose size and time of change are as they were is not read at all; one that only
    looks changed is recognised by the hash of its contents. Undated versions follow each other
    by file: where a file arrives late, those after it are read again. So are files that are
    understood together with one that has arrived.

    Parameters
    ----------
    replay
        Read every file again.
    """
    readings = _latest_readings(con, source)
    files = list(files)
    fingerprints = _fingerprints(
        [file for file in files if not _looks_unchanged(file, readings.get(file.path))]
    )
    new: list[PendingFile] = []
    known: list[PendingFile] = []
    for landed in files:
        reading = readings.get(landed.path)
        if landed.path in fingerprints:
            fingerprint = fingerprints[landed.path]
        else:
            fingerprint = readings[landed.path].fingerprint
        if reading is not None and reading.fingerprint == fingerprint:
            known.append(PendingFile(landed, reading.name, fingerprint, reading.loaded_at))
        else:
            new.append(PendingFile(landed, _next_name(landed.path, reading), fingerprint))
    again: list[PendingFile] = []
    if replay:
        again = known
    elif new and known:
        first = min(file.name for file in new)
        later = [file for file in known if file.name > first]
        names = {file.name for file in later} if _has_undated_versions(con, source) else set()
        folders = reread_folders(source, [file.landed for file in new])
        again = [
            file for file in known if file.name in names or file.landed.location.parent in folders
        ]
    return sorted([*new, *again], key=lambda file: file.name)


def _latest_readings(con: duckdb.DuckDBPyConnection, source: Source) -> dict[str, _Reading]:
    rows = con.execute(
        "select path, file, fingerprint, size_bytes, mtime_ns, loaded_at from meta.ingest_files "
        "where source = ? order by file",
        [source.name],
    ).fetchall()
    return {path: _Reading(*reading) for path, *reading in rows}


def _looks_unchanged(landed: LandedFile, reading: _Reading | None) -> bool:
    if reading is None or landed.refusal is not None:
        return False
    return (landed.size_bytes, landed.mtime_ns) == (reading.size_bytes, reading.mtime_ns)


def _fingerprints(files: list[LandedFile]) -> dict[str, str]:
    """Return what tells the contents of each file from others, by path.

    Nothing else can be done before, so large ones are read two at a time: 0.07 s of 128 MB instead
    of 0.14. To hand a small one to another thread takes longer than to read it.
    """
    are_large = files and sum(file.size_bytes for file in files) >= _LARGE_FILE_BYTES * len(files)
    made = side_by_side(_fingerprint, files) if are_large else map(_fingerprint, files)
    return {file.path: fingerprint for file, fingerprint in zip(files, made, strict=True)}


def _fingerprint(landed: LandedFile) -> str:
    if landed.refusal is not None:
        return f"refused: {landed.refusal}"
    try:
        return sha256_of_file(landed.location)
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _next_name(path: str, reading: _Reading | None) -> str:
    if reading is None:
        return path
    number = int(reading.name.removeprefix(path).removeprefix("#") or 1)
    return f"{path}#{number + 1:06d}"


def _has_undated_versions(con: duckdb.DuckDBPyConnection, source: Source) -> bool:
    entities = CONTRACTS if source.entity is None else (source.entity,)
    tables = [raw_table(name) for name in entities if CONTRACTS[name].has_versions]
    if not tables:
        return False
    exists = " or ".join(
        f"exists (from {table} where source = $source and recorded_at is null)" for table in tables
    )
    row = con.execute(f"select {exists}", {"source": source.name}).fetchone()
    return bool(row and row[0])
