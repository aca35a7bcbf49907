"""A file of the home that is only ever added to, line by line; what was confirmed to somebody, out.

A line is on the disk before anybody is told so. A last line without its end was never confirmed: it
is passed over by who reads, and taken away by who writes next.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.plain_files import NO_FILE, is_plain
from orchestration.errors import Refused


def read_lines(file: Path) -> list[bytes]:
    """Return the confirmed lines without their ends; none if there is no file.

    Raises
    ------
    Refused
        If it is a pipe or a device, which would be waited for.
    """
    if not file.exists():
        return []
    if not is_plain(file):
        raise Refused(f"{file} {NO_FILE}.")
    complete, _, _ = file.read_bytes().rpartition(b"\n")
    # bytes, for a text would be split at U+2028 and U+0085 too, which JSON leaves as they are
    return complete.splitlines()


@contextmanager
def lines_added(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give how many lines are confirmed, and a list of those to add: all or none are.

    One writer at a time; others wait.

    Raises
    ------
    OSError
        If the disk takes less than all of them; the file is then as it was before.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # unbuffered: what a full disk did not take would be written when the file is closed
    with file.open("a+b", buffering=0) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        text = stream.readall()
        whole = text.rfind(b"\n") + 1
        stream.truncate(whole)
        lines: list[str] = []
        yield text.count(b"\n"), lines
        left = memoryview("".join(f"{line}\n" for line in lines).encode())
        try:
            while left:
                left = left[stream.write(left) :]
            os.fsync(stream.fileno())
        except OSError as error:
            # the first of two lines may be whole: nobody is told of it
            stream.truncate(whole)
            # a full disk does not say which file it had no room for
            error.filename = error.filename or str(file)
            raise
