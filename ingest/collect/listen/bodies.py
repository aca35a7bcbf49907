"""Bodies of requests in, part by part; whole ones of modest size out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ingest.collect.listen.exchange import Refused

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

DISCARDED_BYTES = 4 * 1024 * 1024
"""A body that is too large is read on to here, so that the sender comes to read the answer."""
HELD_BYTES = 64 * 1024 * 1024
"""Bodies that are on their way: hundreds of senders that stop in the middle share this."""


class Gone(Exception):
    """The sender has hung up."""


class Bodies:
    """Reads the bodies of all requests that are under way."""

    def __init__(self) -> None:
        self._held_bytes = 0

    async def read(
        self, receive: Receive, headers: dict[bytes, bytes], max_bytes: int, status: int
    ) -> bytes:
        """Read a body as far as allowed; what is beyond is read and forgotten.

        Parameters
        ----------
        status
            Of the answer to a body of more than ``max_bytes``.

        Raises
        ------
        Refused
            If it is larger, or all bodies together are too large for the memory.
        Gone
        """
        stated = headers.get(b"content-length", b"")
        is_hopeless = stated.isdigit() and int(stated[:20]) > DISCARDED_BYTES
        parts: list[bytes] = []
        size = kept = 0
        try:
            while not is_hopeless:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                size += len(part)
                if size <= max_bytes:
                    parts.append(part)
                    kept += len(part)
                    self._held_bytes += len(part)
                else:
                    parts.clear()
                if self._held_bytes > HELD_BYTES:
                    raise Refused(503, "busy", "too many requests are being read", retry_after_s=1)
                is_hopeless = size > DISCARDED_BYTES
                if not message.get("more_body", False):
                    break
        finally:
            self._held_bytes -= kept
        if is_hopeless or size > max_bytes:
            reason = f"the body is larger than {max_bytes:,} bytes"
            raise Refused(status, "body_too_large", reason)
        return parts[0] if len(parts) == 1 else b"".join(parts)
