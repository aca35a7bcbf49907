"""Webhooks in; who receives what, by path, out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ingest.collect.listen.exchange import Accepted, Request
from ingest.collect.listen.hubspot import HubspotEndpoint
from ingest.collect.listen.intercom import IntercomEndpoint
from ingest.collect.listen.segment import CALLS, SegmentEndpoint
from ingest.collect.listen.slack import SlackEndpoint
from ingest.collect.listen.twilio import TwilioEndpoint
from ingest.collect.listen.webhook import Webhook


class Endpoint(Protocol):
    """One path that is received."""

    max_bytes: int
    status_too_large: int
    origins: frozenset[str]

    def receive(self, request: Request) -> Accepted:
        """Return what to land, or raise ``Refused``."""


def endpoints(webhooks: Iterable[Webhook]) -> dict[str, Endpoint]:
    """Return who receives what, by path."""
    found: dict[str, Endpoint] = {}
    segment: dict[str, list[Webhook]] = {}
    for webhook in webhooks:
        if webhook.api == "segment":
            segment.setdefault(webhook.path, []).append(webhook)
        elif webhook.api == "twilio":
            found[webhook.path] = TwilioEndpoint(webhook)
        elif webhook.api == "hubspot":
            found[webhook.path] = HubspotEndpoint(webhook)
        elif webhook.api == "intercom":
            found[webhook.path] = IntercomEndpoint(webhook)
        else:
            found[webhook.path] = SlackEndpoint(webhook)
    for prefix, sharing in segment.items():
        for name, call in CALLS.items():
            found[f"{prefix}/{name}"] = SegmentEndpoint(call, sharing)
    return found
