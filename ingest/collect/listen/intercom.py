"""Intercom's notifications in; conversations, tickets, contacts, as its API writes them, out.

Notifications about anything else (companies, pings) are acknowledged and not landed. Of a contact
that is deleted or archived a notification says little more than that. Of two contacts that are
merged it has the one that is left, and nothing of the other.
"""

from __future__ import annotations

from typing import Any

from ingest.collect.listen.callback import Callback
from ingest.collect.listen.exchange import Accepted, Refused, Request
from ingest.collect.listen.json_body import json_line, json_object
from ingest.collect.listen.signatures import is_intercom

_CONTACTS = ("contact", "user", "lead")
_GONE = {"deleted": "deleted", "archived": "archived", "archive": "archived"}
"""How topics about contacts that are gone end, and the mark that the API has for it."""

MAX_BYTES = 2 * 1024 * 1024
"""A conversation may have 500 parts, some of them with long texts."""


class IntercomEndpoint(Callback):
    """Where Intercom sends what its webhook topics are about."""

    max_bytes = MAX_BYTES

    def receive(self, request: Request) -> Accepted:
        """Return the conversation, ticket or contact of a notification.

        Raises
        ------
        Refused
        """
        source = self.webhook.source
        if not is_intercom(self.webhook.secret, request.header(b"x-hub-signature"), request.body):
            reason = "X-Hub-Signature does not fit the body; check client_secret"
            raise Refused(401, "wrong_signature", reason, source=source)
        said = json_object(request.body, source)
        found = _conversation(said) or _ticket(said) or _contact(said)
        return Accepted(source, source, [] if found is None else [json_line(found)])


def _conversation(said: dict[str, Any]) -> dict[str, Any] | None:
    data = said.get("data")
    item = data.get("item") if isinstance(data, dict) else None
    if not isinstance(item, dict) or item.get("type") != "conversation":
        return None
    # a deleted conversation comes as its bare id, which would land as one without a message
    return None if said.get("topic") == "conversation.deleted" else item


def _ticket(said: dict[str, Any]) -> dict[str, Any] | None:
    data = said.get("data")
    item = data.get("item") if isinstance(data, dict) else None
    if isinstance(item, dict) and item.get("type") != "ticket":
        # who is assigned or has replied may stand around the ticket
        item = item.get("ticket")
    if not isinstance(item, dict) or item.get("type") != "ticket":
        return None
    # a bare id would land as a ticket without state
    return item if str(said.get("topic")).startswith("ticket.") and "ticket_state" in item else None


def _contact(said: dict[str, Any]) -> dict[str, Any] | None:
    topic = str(said.get("topic") or "")
    data = said.get("data")
    item = data.get("item") if isinstance(data, dict) else None
    if isinstance(item, dict) and item.get("type") not in _CONTACTS:
        # who unsubscribes comes with the types of subscriptions beside them
        item = item.get("contact")
    if not isinstance(item, dict) or item.get("type") not in _CONTACTS or not item.get("id"):
        return None
    if not topic.startswith(tuple(f"{kind}." for kind in _CONTACTS)):
        return None
    if (mark := _GONE.get(topic.rpartition(".")[2])) is not None:
        # the notification says when, its item may not
        return {**item, mark: True, "updated_at": said.get("created_at") or item.get("updated_at")}
    # a bare id would land as somebody who has lost name and address
    return item if "email" in item else None
