"""HubSpot's webhook events in; deleted contacts, as its API writes archived ones, out.

The one thing that no API tells is landed: a contact whose data were erased (the GDPR deletion) does
not get into the recycle bin. All other events are acknowledged and not landed; what they are about
is collected.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ingest.collect.listen.callback import Callback
from ingest.collect.listen.exchange import Accepted, Refused, Rejection, Request
from ingest.collect.listen.json_body import json_line, json_list
from ingest.collect.listen.signatures import is_hubspot

FOLDER = "contacts"
"""The format knows by it what the records are, which say little else."""

MAX_BYTES = 1024 * 1024
"""HubSpot sends up to 100 events at a time, of half a kB each."""

_DELETIONS = ("contact.deletion", "contact.privacyDeletion")
_CONTACTS = "0-1"
"""Object type of contacts, whose deletions are ``object.deletion`` on the newer platform."""


class HubspotEndpoint(Callback):
    """The target URL of an app's webhooks."""

    max_bytes = MAX_BYTES

    def receive(self, request: Request) -> Accepted:
        """Return the deleted contacts of a batch of events.

        Raises
        ------
        Refused
        """
        source = self.webhook.source
        url = self.called(request)
        if not is_hubspot(
            self.webhook.secret,
            request.header(b"x-hubspot-request-timestamp"),
            request.header(b"x-hubspot-signature-v3"),
            url,
            request.body,
            request.received_at.timestamp(),
        ):
            reason = (
                "X-HubSpot-Signature-v3 does not fit public_url and the body, or is older than "
                "five minutes; check public_url and client_secret"
            )
            raise Refused(401, "wrong_signature", reason, source=source)
        events = json_list(request.body, source)
        lines: list[bytes] = []
        rejections: dict[int, Rejection] = {}
        for place, event in enumerate(events):
            if not _is_deletion(event):
                continue
            contact = _contact(event)
            if contact is None:
                reason = "the deletion of a contact says no objectId or no occurredAt"
                rejections[place] = Rejection("no_object", reason)
            else:
                lines.append(json_line(contact))
        return Accepted(
            source, f"{source}/{FOLDER}", lines, events=max(1, len(events)), rejections=rejections
        )


def _is_deletion(event: dict[str, Any]) -> bool:
    kind = event.get("subscriptionType")
    if kind == "object.deletion":
        return event.get("objectTypeId") == _CONTACTS
    return kind in _DELETIONS


def _contact(event: dict[str, Any]) -> dict[str, Any] | None:
    contact_id, at = event.get("objectId"), event.get("occurredAt")
    is_number = isinstance(contact_id, int) and not isinstance(contact_id, bool)
    if not is_number or not isinstance(at, int) or not 0 < at < 10**14:
        return None
    archived_at = datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds")
    is_erased = event.get("subscriptionType") == "contact.privacyDeletion"
    erased = {"is_privacy_deletion": True} if is_erased else {}
    return {"id": str(contact_id), "properties": erased, "archived": True,
            "archivedAt": archived_at.replace("+00:00", "Z")}  # fmt: skip
