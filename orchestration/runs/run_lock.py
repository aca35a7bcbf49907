"""One run at a time: the process that runs the job holds ``<home>/run.lock``.

DuckDB locks its file only while a step has it open; between two steps another run could slip in
and mix two builds. The kernel frees the lock when its holder dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from orchestration.errors import WarehouseLocked
from orchestration.home import Home

_held: dict[Path, int] = {}


def hold(home: Home) -> None:
    """Take the lock for the rest of this process; do nothing if it holds it already.

    Raises
    ------
    WarehouseLocked
        If another run has it; the message names its process.
    """
    path = home.run_lock
    if path in _held:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise _at_work(home) from None
    try:
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
    except OSError as error:
        os.close(handle)
        # a full disk does not say which file it had no room for
        error.filename = str(path)
        raise
    _held[path] = handle


def refuse_during_a_run(home: Home) -> None:
    """Do nothing if no run is at work.

    Raises
    ------
    WarehouseLocked
        If another process runs the job; the message names it.
    """
    if home.run_lock in _held or not home.run_lock.exists():
        return
    with home.run_lock.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _at_work(home) from None


def is_at_work(home: Home) -> bool:
    """Return whether any process runs the job, this one included."""
    if home.run_lock in _held:
        return True
    try:
        refuse_during_a_run(home)
    except WarehouseLocked:
        return True
    return False


def _at_work(home: Home) -> WarehouseLocked:
    holder = home.run_lock.read_bytes()[:20].decode(errors="replace").strip() or "unknown"
    return WarehouseLocked(
        f"Another run is at work on {home.folder} (PID {holder}): wait until it has ended."
    )


def release(home: Home) -> None:
    """Give the lock back; do nothing if this process does not hold it."""
    handle = _held.pop(home.run_lock, None)
    if handle is not None:
        os.close(handle)
