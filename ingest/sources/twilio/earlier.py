"""What earlier files of a received source tell of calls.

Twilio reports each leg of a call by callbacks of its own, and the receiver begins a new file
every minute: a leg that rang in one file ends in another, and its call in a third. Each file is
read with those before it, so that the last one tells the whole call. A page of the API needs none
of this: the collector lands what belongs together.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.sources.json_records import json_records
from ingest.sources.twilio.objects import is_call, is_recording

FILES = 240
"""Four hours of a receiver that has something to write every minute, longer than a call may last
at Twilio; quiet minutes have no file."""

MAX_FILE_BYTES = 4_000_000
"""A minute of ten callbacks a second has half of it. What is larger is no place to look twice."""

Objects = tuple[dict[str, Any], ...]


def earlier_objects(path: Path) -> list[dict[str, Any]]:
    """Return the calls and recordings of the files before ``path`` in its folder, oldest first."""
    files = sorted(file for file in path.parent.glob("*.jsonl") if file.name < path.name)
    found: list[dict[str, Any]] = []
    for file in files[-FILES:]:
        # a link may lead out of the landing folder
        if file.is_symlink() or not file.is_file():
            continue
        state = file.stat()
        if state.st_size <= MAX_FILE_BYTES:
            found += _objects(file, state.st_mtime_ns, state.st_size)
    return found


@lru_cache(maxsize=2 * FILES)
def _objects(file: Path, _mtime_ns: int, _size: int) -> Objects:
    try:
        values = [record.value for record in json_records(file)]
    except UnreadableFile:
        # the file is one of the source too and is quarantined as such
        return ()
    return tuple(
        value for value in values if value is not None and (is_call(value) or is_recording(value))
    )
