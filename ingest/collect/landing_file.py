"""Bytes and a cursor in; an immutable file in ``landing/`` and the cursor that goes with it out.

The file and the cursor become visible together although they are two files:

1. the bytes are written to ``.<name>.part`` beside their place and synced;
2. the cursor file, which names that file as ``landing``, replaces the old one by a rename: this
   is the commit;
3. the part is renamed to its name.

Killed before 2, the old cursor stands and nothing of the batch can be seen: the batch is fetched
again, and its part is overwritten or swept away. Killed after 2, ``committed_cursor`` finishes
step 3 before anything else is done. So a file that can be seen was counted, and a batch that was
counted can be seen: nothing is lost and nothing is there twice, whatever the other side answers
when it is asked again. Names that begin with a dot are never loaded.

A program without a cursor, such as one that is sent its records, uses ``land_file`` alone.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.collect.errors import CollectError

CURSOR_VERSION = 1


class AlreadyLanded(CollectError):
    """A file of that name and with other contents is in the landing folder."""


class CursorUnreadable(CollectError):
    """The cursor of a source is damaged or of another version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a source has been collected.

    Parameters
    ----------
    sequence
        Number of the last file that was landed, 0 before the first.
    streams
        Position per stream (folder, kind of record), as its collector wrote it: plain JSON.
    landing
        The file of this commit, relative to the home folder; None if there was none.
    """

    sequence: int = 0
    streams: dict[str, Any] = field(default_factory=dict)
    landing: str | None = None


def land_file(file: Path, content: bytes) -> None:
    """Write ``file`` so that it is there as a whole or not at all.

    A file with the same contents is left as it is: writing again what was written is no error.

    Raises
    ------
    AlreadyLanded
        If the name is taken by other contents; landed files never change.
    """
    part = write_part(file, content)
    finish_part(part, file)


def commit(home: Path, cursor_file: Path, cursor: Cursor, content: bytes | None) -> None:
    """Land the bytes as ``cursor.landing`` and replace the cursor, both or neither.

    Parameters
    ----------
    content
        None if only the position has moved; then ``cursor.landing`` is None, too.
    """
    if cursor.landing is None or content is None:
        if cursor.landing is not None or content is not None:
            raise ValueError("a file has a name and contents, or there is none")
        _replace_cursor(cursor_file, cursor)
        return
    file = home / cursor.landing
    part = write_part(file, content)
    _replace_cursor(cursor_file, cursor)
    finish_part(part, file)


def committed_cursor(home: Path, cursor_file: Path) -> Cursor:
    """Return the cursor, after finishing a commit that was interrupted; a new one if there is none.

    Raises
    ------
    CursorUnreadable
        If the file is no cursor.
    """
    try:
        written = json.loads(cursor_file.read_bytes())
        if written.pop("version") != CURSOR_VERSION:
            raise ValueError("another version")
        cursor = Cursor(**written)
        kinds = ((cursor.sequence, int), (cursor.streams, dict), (cursor.landing, str | None))
        if not all(isinstance(value, kind) for value, kind in kinds):
            raise ValueError("a part of it is of another type")
    except FileNotFoundError:
        return Cursor()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CursorUnreadable(
            f"{cursor_file} is no cursor ({error}); remove it to collect everything again: "
            "what has been loaded before is recognised"
        ) from error
    if cursor.landing is not None:
        file = home / cursor.landing
        part = part_of(file)
        if part.exists():
            finish_part(part, file)
    return cursor


def part_of(file: Path) -> Path:
    """Return where a file is written before it gets its name."""
    return file.with_name(f".{file.name}.part")


def write_part(file: Path, content: bytes) -> Path:
    """Write and sync the part of ``file``; return where it is."""
    make_folder(file.parent)
    part = part_of(file)
    try:
        with part.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        # a full disk does not say which file it had no room for
        error.filename = error.filename or str(part)
        raise
    return part


def finish_part(part: Path, file: Path) -> None:
    """Give a part its name.

    Raises
    ------
    AlreadyLanded
        If the name is taken by other contents.
    """
    if file.exists() and file.read_bytes() != part.read_bytes():
        raise AlreadyLanded(
            f"{file} is there with other contents; landed files are never overwritten: move it away"
        )
    part.replace(file)
    sync_folder(file.parent)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, so that they outlive a power cut."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for child in reversed(missing):
        child.mkdir(exist_ok=True)
        sync_folder(child.parent)


def sync_folder(folder: Path) -> None:
    """Make renames within a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace_cursor(cursor_file: Path, cursor: Cursor) -> None:
    part = write_part(cursor_file, _written(cursor).encode())
    part.replace(cursor_file)
    sync_folder(cursor_file.parent)


def _written(cursor: Cursor) -> str:
    """Return the cursor as JSON, a stream a line.

    It is written anew with every page: 100,000 marks of a stream cost 0.5 CPU seconds a time when
    they were a line each, and cost 0.08 so.
    """
    streams = ",\n  ".join(
        f"{json.dumps(name)}: {json.dumps(state, sort_keys=True)}"
        for name, state in sorted(cursor.streams.items())
    )
    return (
        f'{{\n "landing": {json.dumps(cursor.landing)},\n "sequence": {cursor.sequence},\n'
        f' "streams": {{\n  {streams}\n }},\n "version": {CURSOR_VERSION}\n}}'
    )
