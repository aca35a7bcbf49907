"""Bytes of connections in, as uvicorn takes them; none that costs more than its share out.

Uvicorn bounds neither the size of a request's head nor the time that a request takes to arrive:
a few hundred senders of one byte a minute would occupy it for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_CONNECTIONS = 512
MAX_HEAD_BYTES = 16 * 1024
REQUEST_S = 20.0
"""500 kB in 20 seconds is what the slowest mobile network of today does."""

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedConnection(HttpToolsProtocol):
    """A connection whose requests must arrive in time and have heads of modest size."""

    max_connections = MAX_CONNECTIONS
    request_s = REQUEST_S

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._deadline: asyncio.TimerHandle | None = None
        self._is_in_head = True
        self._head_bytes = 0
        self._may_be_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuse the connection if there are too many, else give it time for a request."""
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            transport.write(_BUSY)
            transport.close()
            return
        self._deadline = self.loop.call_later(self.request_s, self._end, _TOO_SLOW)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; a head that does not end is cut off."""
        self._may_be_large = self._head_bytes + len(data) > MAX_HEAD_BYTES
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._end(_HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Start the clock of a request."""
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_s, self._end, _TOO_SLOW)

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its head is too large."""
        self._is_in_head = False
        if self._may_be_large:
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            if size > MAX_HEAD_BYTES:
                self._end(_HEAD_TOO_LARGE)
                return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on, unless the connection is being closed."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop the clock."""
        self._forget_deadline()
        if not self.transport.is_closing():
            super().on_message_complete()

    def _end(self, answer: bytes) -> None:
        self._forget_deadline()
        if not self.transport.is_closing():
            # an answer that has begun, or is still being made, is not mixed with this one
            if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
                self.transport.write(answer)
            self.transport.close()

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
