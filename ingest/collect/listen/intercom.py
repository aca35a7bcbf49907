"""Intercom's notifications in; the conversations in them, as its API writes them, out.

Notifications about anything else (contacts, tickets, pings) are acknowledged and not landed: the
format ``intercom`` reads conversations.
"""

from __future__ import annotations

from typing import Any

from ingest.collect.listen.exchange import Accepted, Refused, Request
from ingest.collect.listen.json_body import json_line, json_object
from ingest.collect.listen.signatures import is_intercom
from ingest.collect.listen.webhook import Webhook

MAX_BYTES = 2 * 1024 * 1024
"""A conversation may have 500 parts, some of them with long texts."""


class IntercomEndpoint:
    """Where Intercom sends what its webhook topics are about."""

    status_too_large = 413
    max_bytes = MAX_BYTES
    origins: frozenset[str] = frozenset()

    def __init__(self, webhook: Webhook) -> None:
        self.webhook = webhook

    def receive(self, request: Request) -> Accepted:
        """Return the conversation of a notification.

        Raises
        ------
        Refused
        """
        source = self.webhook.source
        if not is_intercom(self.webhook.secret, request.header(b"x-hub-signature"), request.body):
            reason = "X-Hub-Signature does not fit the body; check client_secret"
            raise Refused(401, "wrong_signature", reason, source=source)
        said = json_object(request.body, source)
        conversation = _conversation(said)
        return Accepted(source, source, [] if conversation is None else [json_line(conversation)])


def _conversation(said: dict[str, Any]) -> dict[str, Any] | None:
    data = said.get("data")
    item = data.get("item") if isinstance(data, dict) else None
    if not isinstance(item, dict) or item.get("type") != "conversation":
        return None
    # a deleted conversation comes as its bare id, which would land as one without a message
    return None if said.get("topic") == "conversation.deleted" else item
