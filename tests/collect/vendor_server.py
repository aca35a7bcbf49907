"""A system on loopback that behaves as badly as real ones: throttles, fails, cuts answers off."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "s3cr3t-t0ken/with+signs"


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Told:
    content: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content).encode()


Answer = Callable[[Asked], Told]


class Moods:
    """Draws what goes wrong with a request; nothing where the share is zero."""

    def __init__(self, seed: int = 0, share: float = 0.0) -> None:
        self._random = random.Random(seed)
        self.share = share
        self.kinds = ("throttle", "fail", "cut", "cut_silently", "drop")
        self.seen: list[str] = []

    def draw(self) -> str:
        if self._random.random() >= self.share:
            return ""
        self.seen.append(self._random.choice(self.kinds))
        return self.seen[-1]


@contextmanager
def serving(answer: Answer, moods: Moods | None = None) -> Iterator[str]:
    """Yield the address of a server that answers by ``answer``."""
    drawn = moods or Moods()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # otherwise head and body go out apart, 40 ms between them
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_form = "form" in self.headers.get("Content-Type", "")
            asked = Asked(
                self.command,
                parts.path,
                {key: values[0] for key, values in parse_qs(parts.query).items()},
                {k: v[0] for k, v in parse_qs(raw.decode()).items()}
                if is_form
                else json.loads(raw or b"null"),
                {key.lower(): value for key, value in self.headers.items()},
            )
            with lock:
                mood = drawn.draw()
                told = None if mood in {"throttle", "fail", "drop"} else answer(asked)
            if mood == "drop":
                self.close_connection = True
                return
            if told is None:
                status = 429 if mood == "throttle" else 503
                self._send(status, {"Retry-After": "0.01"}, b'{"error": "later"}', 18)
                return
            body = told.body
            if mood == "cut" and len(body) > 2:
                self._send(told.status, told.headers, body[: len(body) // 2], len(body))
                self.close_connection = True
            elif mood == "cut_silently" and len(body) > 2:
                self._send(told.status, told.headers, body[: len(body) // 2], None)
                self.close_connection = True
            else:
                self._send(told.status, told.headers, body, len(body))

        def _send(
            self, status: int, headers: dict[str, str], body: bytes, length: int | None
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if length is None:
                self.send_header("Connection", "close")
            else:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
