"""Systems on loopback that are silent, or let a byte fall now and then."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def talking(talk: Talk, certificate: tuple[Path, Path] | None = None) -> Iterator[int]:
    """Yield the port of a server that treats each connection by ``talk``, until the end."""
    over = threading.Event()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)

    def serve(line: socket.socket) -> None:
        # whoever asks has gone meanwhile
        with suppress(OSError), line:
            if context is None:
                talk(line, over)
                return
            with context.wrap_socket(line, server_side=True) as safe:
                talk(safe, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)


def drip(line: socket.socket, over: threading.Event, begin: bytes) -> None:
    """Send ``begin`` and then a byte every few milliseconds, for ever."""
    line.sendall(begin)
    while not over.wait(0.01):
        line.sendall(b"x")


def silent(line: socket.socket, over: threading.Event) -> None:
    """Take what is sent and say nothing."""
    over.wait()


def imap_until(stop: bytes, then: Talk) -> Talk:
    """Speak IMAP up to a command, and go on from there by ``then``."""

    def talk(line: socket.socket, over: threading.Event) -> None:
        line.sendall(b"* OK ready\r\n")
        with line.makefile("rb") as lines:
            for asked in lines:
                tag, command = asked.split()[:2]
                if asked.split()[1:3] == [b"UID", stop] or command == stop:
                    then(line, over)
                    return
                said = {
                    b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
                    b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT 2] .\r\n",
                    b"UID": b"* SEARCH 1\r\n",
                    b"LOGOUT": b"* BYE\r\n",
                }
                line.sendall(said.get(command, b"") + tag + b" OK done\r\n")

    return talk
