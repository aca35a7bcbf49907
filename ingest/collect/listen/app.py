"""HTTP requests in, as ASGI has them; synced lines in ``landing/``, then answers, out.

A request is answered with 200 only when all that was taken from it is on the disk.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from ingest.collect.listen.bodies import Bodies, Gone, Receive
from ingest.collect.listen.counters import Counters
from ingest.collect.listen.exchange import Accepted, Headers, Refused, Rejection, Request
from ingest.collect.listen.journal import Journal, NotLanded
from ingest.collect.listen.rejections import Rejections
from ingest.collect.listen.routes import Endpoint, endpoints
from ingest.collect.listen.token_bucket import TokenBucket
from ingest.collect.listen.webhook import Webhook

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SUCCESS = b'{"success":true}'
MAX_NAMED_REJECTIONS = 20

_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_CLOSE = (b"connection", b"close")
_NO_CONTENT = 204
_LOOPBACK = ("127.0.0.1", "::1")


class Receiver:
    """The ASGI application.

    Parameters
    ----------
    journal
        Must be started.
    """

    def __init__(
        self,
        webhooks: Iterable[Webhook],
        journal: Journal,
        rejections: Rejections,
        counters: Counters | None = None,
    ) -> None:
        webhooks = tuple(webhooks)
        self.endpoints = endpoints(webhooks)
        self.buckets = {one.source: TokenBucket(one.events_per_second) for one in webhooks}
        self.journal = journal
        self.rejections = rejections
        self.counters = counters or Counters()
        self.bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, method = scope["path"], scope["method"]
        endpoint = self.endpoints.get(path)
        if endpoint is None:
            await self._answer_others(path, scope, send)
            return
        headers = dict(scope["headers"])
        allowed = _allowed_origin(endpoint, headers)
        if method != "POST":
            # Intercom asks with HEAD whether there is anybody, browsers with OPTIONS
            status = {"HEAD": 200, "OPTIONS": _NO_CONTENT}.get(method, 405)
            await _send(send, status, b"", [(b"allow", b"POST, HEAD, OPTIONS"), *allowed])
            return
        try:
            body = await self.bodies.read(
                receive, headers, endpoint.max_bytes, endpoint.status_too_large
            )
        except Gone:
            return
        except (Refused, asyncio.CancelledError) as error:
            await self._refuse(path, scope, _why(error), [_CLOSE, *allowed], send)
            return
        query = scope["query_string"].decode("latin-1")
        request = Request(path, query, headers, body, _remote(scope), datetime.now(UTC))
        try:
            accepted = endpoint.receive(request)
            await self._land(accepted, request)
        except (Refused, asyncio.CancelledError) as error:
            await self._refuse(path, scope, _why(error), allowed, send)
            return
        self.counters.requests[accepted.source, 200] += 1
        answered = (b"content-type", accepted.answer_type)
        await _send(send, 200, _success(accepted), [answered, *allowed])

    async def _land(self, accepted: Accepted, request: Request) -> None:
        source = accepted.source
        if wait_s := self.buckets[source].wait_s(accepted.events):
            raise Refused(
                429,
                "too_many_events",
                "more events a second than events_per_second of the source allows",
                source=source,
                retry_after_s=wait_s,
            )
        for rejection in accepted.rejections.values():
            self._trace(request.path, source, rejection, request.remote)
        if accepted.missed is not None:
            self._trace(request.path, source, accepted.missed, request.remote)
        if accepted.rejections and not accepted.lines:
            place, first = next(iter(accepted.rejections.items()))
            raise Refused(400, first.code, f"event {place}: {first.reason}", source=source)
        if not accepted.lines:
            return
        try:
            await self.journal.land(accepted.folder, accepted.lines)
        except NotLanded as error:
            raise Refused(
                503, "not_stored", f"not stored: {error}", source=source, retry_after_s=5
            ) from None
        self.counters.events[source] += len(accepted.lines)

    async def _refuse(
        self, path: str, scope: Scope, refused: Refused, headers: Headers, send: Send
    ) -> None:
        rejection = refused.rejection
        self._trace(path, refused.source, rejection, _remote(scope))
        self.counters.requests[refused.source, refused.status] += 1
        said = {"success": False, "code": rejection.code, "message": rejection.reason}
        if refused.retry_after_s is not None:
            headers = [(b"retry-after", str(refused.retry_after_s).encode()), *headers]
        await _send(send, refused.status, json.dumps(said).encode(), [_JSON, *headers])

    def _trace(self, path: str, source: str, rejection: Rejection, remote: str | None) -> None:
        self.counters.rejections[source, rejection.code] += 1
        self.rejections.add(path, source, rejection, remote)

    async def _answer_others(self, path: str, scope: Scope, send: Send) -> None:
        if path == "/healthz":
            failure = self.journal.failure
            text = b"ok\n" if failure is None else f"last write failed: {failure}\n".encode()
            await _send(send, 200 if failure is None else 503, text, [_TEXT])
        elif path == "/metrics" and _is_local(scope):
            await _send(send, 200, self.counters.text(self.journal).encode(), [_TEXT])
        else:
            await _send(send, 404, b'{"success":false,"code":"not_found"}', [_JSON])


def _why(error: Refused | asyncio.CancelledError) -> Refused:
    """Return the answer to a request that is refused, or that the end of the receiver cuts off."""
    if isinstance(error, Refused):
        return error
    return Refused(503, "stopped", "the receiver was stopped: send it again", retry_after_s=5)


def _allowed_origin(endpoint: Endpoint, headers: dict[bytes, bytes]) -> Headers:
    """Return the headers that let a page of an allowed site read the answer."""
    origin = headers.get(b"origin", b"")
    if not endpoint.origins or origin.decode("latin-1") not in endpoint.origins:
        return []
    # a site may set headers of its own; Segment's libraries count their attempts in X-Retry-Count
    asked = headers.get(b"access-control-request-headers")
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-headers", asked or b"authorization, content-type, x-retry-count"),
        (b"access-control-expose-headers", b"retry-after"),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"origin, access-control-request-headers"),
    ]


def _success(accepted: Accepted) -> bytes:
    if accepted.answer is not None:
        return accepted.answer
    if not accepted.rejections:
        return SUCCESS
    named = [
        {"index": place, "code": rejection.code}
        for place, rejection in list(accepted.rejections.items())[:MAX_NAMED_REJECTIONS]
    ]
    said = {"success": True, "rejected": len(accepted.rejections), "rejections": named}
    return json.dumps(said).encode()


def _remote(scope: Scope) -> str | None:
    """Return the sender's address; a proxy on this machine is believed whom it speaks for.

    The last address of ``X-Forwarded-For`` is the one that the proxy itself has seen; those
    before it, also in headers before, as HAProxy adds its own, are what the sender claims.
    """
    client = scope.get("client")
    if not client:
        return None
    if client[0] in _LOOPBACK:
        for name, value in reversed(scope["headers"]):
            if name == b"x-forwarded-for":
                return str(value.decode("latin-1").rpartition(",")[2].strip())[:100]
    return str(client[0])


def _is_local(scope: Scope) -> bool:
    """Return whether the request comes from this machine, and not through a proxy on it."""
    client = scope.get("client")
    is_forwarded = any(name in {b"x-forwarded-for", b"forwarded"} for name, _ in scope["headers"])
    return client is not None and client[0] in _LOOPBACK and not is_forwarded


async def _send(send: Send, status: int, body: bytes, headers: Headers) -> None:
    if status != _NO_CONTENT:
        # whose length is not to be told, not even that it is 0 (RFC 9110, section 8.6)
        headers = [(b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
