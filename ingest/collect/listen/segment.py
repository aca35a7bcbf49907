"""Calls of Segment's HTTP tracking API in; lines that format ``segment`` reads out.

As Segment does: the context, integrations and ``sentAt`` of a batch hold for its events, an
event's own come first; ``timestamp`` as the sender's clock had it is kept as
``originalTimestamp``; ``receivedAt`` is ours, whatever was sent.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ingest.collect.listen.exchange import Accepted, Refused, Rejection, Request
from ingest.collect.listen.inflate import NotInflated, TooLarge, inflate
from ingest.collect.listen.json_body import json_line, json_object
from ingest.collect.listen.readable_time import is_readable_time
from ingest.collect.listen.signatures import is_same_key
from ingest.collect.listen.webhook import Webhook
from ingest.sources.segment.reading import CALL_TYPES

MAX_BATCH_BYTES = 500 * 1024
MAX_EVENT_BYTES = 32 * 1024
MAX_BATCH_EVENTS = 2_500

CALLS = {
    **{call: call for call in CALL_TYPES},
    **{call[0]: call for call in CALL_TYPES},
    "batch": None,
    "import": None,
    "b": None,
}
"""Last part of the path to type of the call, None for batches; one letter as analytics.js has."""


class SegmentEndpoint:
    """One path of the tracking API; several sources share it, told apart by their write keys.

    Parameters
    ----------
    call
        Type of the call; None for a batch.
    """

    status_too_large = 400

    def __init__(self, call: str | None, webhooks: Sequence[Webhook]) -> None:
        self.call = call
        self.webhooks = tuple(webhooks)
        self.origins = frozenset(origin for one in webhooks for origin in one.origins)
        self.max_bytes = MAX_BATCH_BYTES if call is None else MAX_EVENT_BYTES

    def receive(self, request: Request) -> Accepted:
        """Return the events of a request as lines.

        Raises
        ------
        Refused
        """
        said = json_object(self._body(request), is_tolerant=True)
        webhook = self._webhook(said, request)
        received_at = _iso(request.received_at)
        ip = request.remote if webhook.keep_ip else None
        if self.call is not None:
            line = _line(said, self.call, {}, received_at, ip)
            if isinstance(line, Rejection):
                raise Refused(400, line.code, line.reason, source=webhook.source)
            return Accepted(webhook.source, webhook.source, [line])
        events = said.get("batch")
        if not isinstance(events, list):
            raise Refused(400, "no_batch", "batch is no list of events", source=webhook.source)
        if len(events) > MAX_BATCH_EVENTS:
            reason = f"batch has {len(events):,} events, more than {MAX_BATCH_EVENTS:,}"
            raise Refused(400, "too_many_events", reason, source=webhook.source)
        lines, rejections = [], {}
        for place, event in enumerate(events):
            line = _line(event, None, said, received_at, ip)
            if isinstance(line, bytes):
                lines.append(line)
            elif line.code == "event_too_large":
                reason = f"event {place}: {line.reason}"
                raise Refused(400, line.code, reason, source=webhook.source)
            else:
                rejections[place] = line
        return Accepted(
            webhook.source, webhook.source, lines, events=len(events), rejections=rejections
        )

    def _body(self, request: Request) -> bytes:
        encoding = request.header(b"content-encoding").lower()
        if encoding in {"", "identity"}:
            return request.body
        if encoding != "gzip":
            raise Refused(415, "unknown_encoding", "content-encoding must be gzip or none")
        try:
            return inflate(request.body, self.max_bytes)
        except TooLarge:
            reason = f"the body is larger than {self.max_bytes:,} bytes"
            raise Refused(400, "body_too_large", reason) from None
        except NotInflated as error:
            raise Refused(400, "malformed_gzip", str(error)) from None

    def _webhook(self, said: dict[str, Any], request: Request) -> Webhook:
        """Return the source that the write key is of; the header counts before the body."""
        key = _user_name(request.header(b"authorization")) or said.get("writeKey")
        found = None
        if isinstance(key, str):
            for webhook in self.webhooks:
                if is_same_key(key, webhook.secret):
                    found = webhook
        if found is None:
            raise Refused(401, "unknown_write_key", "the write key is missing or not one of ours")
        return found


def _user_name(authorization: str) -> str | None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _line(
    event: Any, call: str | None, batch: dict[str, Any], received_at: str, ip: str | None
) -> bytes | Rejection:
    """Return one event as it is landed, or why it is not."""
    if not isinstance(event, dict):
        return Rejection("not_an_object", "event is no JSON object")
    if call is not None:
        event["type"] = call
    elif event.get("type") not in CALL_TYPES:
        return Rejection("unknown_type", f"type is none of {', '.join(CALL_TYPES)}")
    if not _is_id(event.get("userId")) and not _is_id(event.get("anonymousId")):
        return Rejection(
            "missing_identity", "neither userId nor anonymousId says whose event it is"
        )
    context = event.get("context")
    if context is not None and not isinstance(context, dict):
        return Rejection("malformed_context", "context is no JSON object")
    for private in ("writeKey", "receivedAt"):
        event.pop(private, None)
    line = json_line(event | _added(event, batch, received_at, ip))
    # what was added does not count; writing the event twice is only worth it near the limit
    if len(line) > MAX_EVENT_BYTES and len(json_line(event)) > MAX_EVENT_BYTES:
        return Rejection("event_too_large", f"the event is larger than {MAX_EVENT_BYTES:,} bytes")
    return line


def _added(
    event: dict[str, Any], batch: dict[str, Any], received_at: str, ip: str | None
) -> dict[str, Any]:
    """Return what the receiver and the batch say about an event."""
    added: dict[str, Any] = {"receivedAt": received_at}
    if not str(event.get("messageId") or "").strip():
        added["messageId"] = f"api-{os.urandom(16).hex()}"
    sent_at = event.get("sentAt") or batch.get("sentAt")
    if sent_at and not event.get("sentAt"):
        added["sentAt"] = sent_at
    stated, original = event.get("timestamp"), event.get("originalTimestamp")
    if not is_readable_time(stated):
        # the format refuses an event without a time, and a file with too many of them: whoever
        # knows the key, which stands in every page, could keep those of all others out
        added["timestamp"] = original if is_readable_time(original) else received_at
    if stated and not original and (sent_at or "timestamp" in added):
        added["originalTimestamp"] = stated
    for name in ("context", "integrations"):
        shared, own = batch.get(name), event.get(name) or {}
        if isinstance(shared, dict) and isinstance(own, dict) and shared.keys() - own.keys():
            added[name] = {**shared, **own}
    if ip is not None:
        context = added.get("context") or event.get("context") or {}
        if not context.get("ip"):
            added["context"] = {**context, "ip": ip}
    return added


def _is_id(value: Any) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or type(value) in (int, float)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
