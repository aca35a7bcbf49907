"""Lines of many requests in; one write and one sync per file for all of them out.

A sync costs milliseconds, so requests that arrive during one share the next: at most one group is
on its way to the disk, the other one gathers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ingest.collect.listen.landing_file import LandingFile

logger = logging.getLogger(__name__)

TICK_S = 1.0


class NotLanded(Exception):
    """Lines could not be stored, or there is no room to wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """When a file is finished and the next one begun.

    Parameters
    ----------
    open_files
        At most so many at once; the one opened first makes room.
    pending_bytes
        Lines that may wait for the disk before further ones are refused.
    """

    file_bytes: int = 64 * 1024 * 1024
    file_s: float = 60.0
    open_files: int = 64
    pending_bytes: int = 32 * 1024 * 1024


@dataclass(slots=True)
class _Group:
    lines: dict[str, list[bytes]] = field(default_factory=dict)
    waiting: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)
    size_bytes: int = 0


class Journal:
    """The one writer of the folders that the receiver lands in.

    Parameters
    ----------
    landing
        The ``landing/`` folder of the home.
    """

    def __init__(self, landing: Path, rotation: Rotation | None = None) -> None:
        self.landing = landing
        self.rotation = rotation or Rotation()
        self.commits = 0
        self.commit_s = 0.0
        self.failure: str | None = None
        self._group = _Group()
        self._files: dict[str, LandingFile] = {}
        self._is_closing = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="landing")
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write, in the running event loop."""
        self._writer = asyncio.get_running_loop().create_task(self._write_groups())

    async def land(self, folder: str, lines: list[bytes]) -> None:
        """Return when the lines are on the disk.

        Parameters
        ----------
        folder
            Below ``landing/``.
        lines
            Without newlines at their ends.

        Raises
        ------
        NotLanded
            If they are not, or not known to be.
        """
        if self._is_closing:
            raise NotLanded("the receiver is shutting down")
        data = b"\n".join(lines) + b"\n"
        group = self._group
        if group.size_bytes + len(data) > self.rotation.pending_bytes:
            raise NotLanded("too much is waiting for the disk")
        landed = asyncio.get_running_loop().create_future()
        group.lines.setdefault(folder, []).append(data)
        group.waiting.setdefault(folder, []).append(landed)
        group.size_bytes += len(data)
        self._wake.set()
        await landed

    async def close(self) -> None:
        """Store what is waiting, finish every file and stop."""
        self._is_closing = True
        self._wake.set()
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()

    async def _write_groups(self) -> None:
        loop = asyncio.get_running_loop()
        while not (self._is_closing and not self._group.lines):
            tick = loop.call_later(TICK_S, self._wake.set)
            await self._wake.wait()
            tick.cancel()
            self._wake.clear()
            # whatever else has arrived already comes along
            await asyncio.sleep(0)
            group, self._group = self._group, _Group()
            try:
                failures = await loop.run_in_executor(self._thread, self._commit, group)
            except BaseException:
                # whatever it is, nobody may wait for an answer that never comes
                self.failure = "the writer has stopped"
                self._is_closing = True
                for waiting in (group.waiting, self._group.waiting):
                    _tell(waiting, dict.fromkeys(waiting, self.failure))
                raise
            _tell(group.waiting, failures)
        await loop.run_in_executor(self._thread, self._seal_all)

    def _commit(self, group: _Group) -> dict[str, str]:
        """Store a group; return what went wrong by folder. Runs in the writing thread."""
        failures: dict[str, str] = {}
        began = time.perf_counter()
        for folder, parts in group.lines.items():
            try:
                self._append(folder, b"".join(parts))
            except OSError as error:
                logger.error("%s: not stored: %s", self.landing / folder, error)
                failures[folder] = error.strerror or type(error).__name__
        if group.lines:
            self.commits += 1
            self.commit_s += time.perf_counter() - began
            self.failure = next(iter(failures.values()), None)
        self._seal_due()
        return failures

    def _append(self, folder: str, data: bytes) -> None:
        file = self._files.get(folder)
        if file is None:
            if len(self._files) >= self.rotation.open_files:
                self._seal(next(iter(self._files)))
            file = self._files[folder] = LandingFile(self.landing / folder)
        try:
            file.append(data)
        except OSError:
            # after a failed sync the kernel calls pages clean that never reached the disk:
            # nothing more is entrusted to this file
            self._seal(folder)
            raise

    def _seal_due(self) -> None:
        now = time.monotonic()
        for folder, file in list(self._files.items()):
            is_full = file.size_bytes >= self.rotation.file_bytes
            if is_full or now - file.opened_s >= self.rotation.file_s:
                self._seal(folder)

    def _seal_all(self) -> None:
        for folder in list(self._files):
            self._seal(folder)

    def _seal(self, folder: str) -> None:
        file = self._files.pop(folder)
        try:
            file.seal()
        except OSError as error:
            # where nobody has removed it, its lines are safe: the next start finishes it
            logger.error("%s: stays open until the next start: %s", file.part, error)


def _tell(waiting: dict[str, list[asyncio.Future[None]]], failures: dict[str, str]) -> None:
    """Tell every request of a group what became of its lines."""
    for folder, requests in waiting.items():
        failure = failures.get(folder)
        for landed in requests:
            if landed.done():
                continue  # its request was cancelled meanwhile
            if failure is None:
                landed.set_result(None)
            else:
                landed.set_exception(NotLanded(failure))
