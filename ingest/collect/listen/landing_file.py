"""Lines in; one growing file that the loader passes over, then one that never changes, out.

While it is written its name begins with a dot and ends in ``.part``; it is renamed once and for
all. What was synced stays whatever happens afterwards: a write that failed is cut off again, and
``recover`` cuts off the torn line that a killed process leaves, which nobody was told is safe.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger(__name__)

_BLOCK_BYTES = 1 << 16


class LandingFile:
    """An open file of one folder of ``landing/``; its name is the time at which it was opened."""

    def __init__(self, folder: Path) -> None:
        made = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for one in made:
            sync_folder(one.parent)
        self.final = _free(folder)
        self.part = self.final.with_name(f".{self.final.name}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._handle = os.open(self.part, flags, 0o640)
        self.size_bytes = 0
        self.opened_s = time.monotonic()
        sync_folder(folder)

    def append(self, data: bytes) -> None:
        """Write whole lines and return when they are on the disk.

        Raises
        ------
        OSError
            If they are not, or the file is no longer in its folder; it is then as it was before,
            and must be sealed.
        """
        try:
            _write(self._handle, data)
            os.fdatasync(self._handle)
            # a file that somebody has removed is written and synced as well, and gone when closed
            if not self._is_in_place():
                raise OSError(errno.ENOENT, "the file was removed or moved", str(self.part))
        except OSError:
            os.ftruncate(self._handle, self.size_bytes)
            raise
        self.size_bytes += len(data)

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._handle), self.part.stat())
        except FileNotFoundError:
            return False

    def seal(self) -> None:
        """Close the file and give it the name under which the loader reads it."""
        os.close(self._handle)
        if self.size_bytes == 0:
            self.part.unlink()
        else:
            self.part.rename(self.final)
        sync_folder(self.final.parent)


def recover(folder: Path) -> int:
    """Finish what a killed receiver left open below ``folder``; return how many files.

    A last line without its end was never acknowledged and is cut off.
    """
    found = sorted(folder.rglob(".*.jsonl.part")) if folder.is_dir() else []
    for part in found:
        with part.open("r+b") as file:
            whole, size = _whole_lines(file.fileno()), part.stat().st_size
            if whole < size:
                logger.warning("%s: cut off %d bytes of a torn line", part, size - whole)
                file.truncate(whole)
            os.fsync(file.fileno())
        if whole == 0:
            part.unlink()
        else:
            final = part.with_name(part.name[1:].removesuffix(".part"))
            part.rename(_free(part.parent) if final.exists() else final)
        sync_folder(part.parent)
    return len(found)


def sync_folder(folder: Path) -> None:
    """Make names that were given or changed in ``folder`` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free(folder: Path) -> Path:
    """Return a name that sorts behind those given before and is not taken.

    Of two versions of a record that bear the same time, the one in the later file counts.
    """
    while True:
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S-%fZ.jsonl")
        path = folder / name
        if not path.exists() and not path.with_name(f".{name}.part").exists():
            return path


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _whole_lines(handle: int) -> int:
    """Return where the last newline of a file ends, 0 if it has none."""
    end = os.fstat(handle).st_size
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        newline = os.pread(handle, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
