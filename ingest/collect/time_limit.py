"""How long one source may be asked in one run; after it every wait for that source is over.

The timeout of a connection begins anew with each byte, so a system that lets one fall now and then
holds up the sources behind it, and the morning's run, for as long as it likes. When the time is
up, the connections are shut from another thread: whatever reads from them fails at once.
"""

from __future__ import annotations

import socket
import threading
from typing import Any, Self

from ingest.collect.errors import OutOfTime


class TimeLimit:
    """The time of one source in one run; it counts from the beginning of the block.

    Parameters
    ----------
    limit_s
        None for all the time in the world.
    """

    def __init__(self, limit_s: float | None = None) -> None:
        self.limit_s = limit_s
        self.waits_for = "a connection"
        """What is asked at the moment, for whoever wants to know what took so long."""
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        if self.limit_s is not None:
            self._timer = threading.Timer(self.limit_s, self._end)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    @property
    def is_over(self) -> bool:
        """Return whether the time is up."""
        return self._over.is_set()

    def check(self) -> None:
        """Do nothing while there is time.

        Raises
        ------
        OutOfTime
            If there is none left.
        """
        if self.is_over:
            raise OutOfTime(self.waits_for)

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the end of the time.

        Raises
        ------
        OutOfTime
            If the time is up.
        """
        self._over.wait(seconds)
        self.check()

    def bind(self, connection: Any) -> None:
        """Let a socket be shut when the time is up; one that comes too late is shut at once."""
        if not isinstance(connection, socket.socket):
            return
        with self._lock:
            self._sockets = [one for one in self._sockets if one.fileno() >= 0]
            self._sockets.append(connection)
            if self.is_over:
                shut(connection)

    def _end(self) -> None:
        with self._lock:
            self._over.set()
            for one in self._sockets:
                shut(one)


def shut(connection: socket.socket) -> None:
    """End a connection for whoever reads from it in another thread."""
    try:
        # that of TLS would first forget what the reading thread works with
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        # closed already
        return
