"""A home folder in; the right to be its only receiver out, until the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IngestError


class AlreadyReceiving(IngestError):
    """Another receiver is at work on the same home."""


@contextmanager
def only_receiver(file: Path) -> Iterator[None]:
    """Hold the lock; the kernel frees it when its holder dies, however it dies.

    Raises
    ------
    AlreadyReceiving
        With the process that holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
            raise AlreadyReceiving(
                f"Another receiver is at work on {file.parent.parent} (PID {holder}): stop it."
            ) from None
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        except OSError as error:
            error.filename = str(file)
            raise
        yield
    finally:
        os.close(handle)
