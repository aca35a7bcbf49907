"""Events of Slack's Events API in; messages as an export has them, a folder per channel, out.

An edited message is landed as it reads now, a deleted one as the tombstone that exports have.
Events that are no messages are acknowledged and not landed.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.collect.listen.callback import Callback
from ingest.collect.listen.exchange import Accepted, Refused, Rejection, Request
from ingest.collect.listen.json_body import json_line, json_object
from ingest.collect.listen.signatures import is_slack

MAX_BYTES = 1024 * 1024

_KEPT_BACK = Rejection(
    "kept_back_by_slack",
    "Slack keeps events of this app back (app_rate_limited); what was said meanwhile is in an "
    "export only",
)
_CHANNEL_ID = re.compile(r"[A-Z0-9]{2,32}")
_MESSAGES = ("message", "app_mention")
_CHANGES = ("message_changed", "message_replied")


class SlackEndpoint(Callback):
    """The request URL of a Slack app's event subscriptions."""

    max_bytes = MAX_BYTES

    def receive(self, request: Request) -> Accepted:
        """Return the message of an event, or the answer to Slack's challenge.

        Raises
        ------
        Refused
        """
        source = self.webhook.source
        if not is_slack(
            self.webhook.secret,
            request.header(b"x-slack-request-timestamp"),
            request.header(b"x-slack-signature"),
            request.body,
            request.received_at.timestamp(),
        ):
            reason = "X-Slack-Signature does not fit the body or is older than five minutes"
            raise Refused(401, "wrong_signature", reason, source=source)
        said = json_object(request.body, source)
        if said.get("type") == "url_verification":
            answer = json_line({"challenge": str(said.get("challenge", ""))})
            return Accepted(source, source, [], answer=answer)
        if said.get("type") == "app_rate_limited":
            return Accepted(source, source, [], missed=_KEPT_BACK)
        event = said.get("event")
        message = _message(event) if isinstance(event, dict) else None
        if message is None:
            return Accepted(source, source, [])
        channel = str(event.get("channel") if isinstance(event, dict) else "")
        if not _CHANNEL_ID.fullmatch(channel):
            reason = "channel is no id of a Slack channel"
            raise Refused(400, "unknown_channel", reason, source=source)
        folder = f"{source}/{self.webhook.channels.get(channel, channel)}"
        return Accepted(source, folder, [json_line(message)])


def _message(event: dict[str, Any]) -> dict[str, Any] | None:
    if event.get("type") not in _MESSAGES:
        return None
    subtype = event.get("subtype")
    if subtype in _CHANGES:
        changed = event.get("message")
        if not isinstance(changed, dict):
            return None
        # what began a thread is not deleted but becomes a tombstone, which says no time of its own
        return _dated(changed, event) if changed.get("subtype") == "tombstone" else changed
    if subtype == "message_deleted":
        return _tombstone(event)
    return event


def _tombstone(event: dict[str, Any]) -> dict[str, Any]:
    before = event.get("previous_message")
    known = before if isinstance(before, dict) else {}
    kept = {name: known[name] for name in ("user", "thread_ts", "parent_user_id") if name in known}
    gone = {"type": "message", "subtype": "tombstone", "ts": event.get("deleted_ts"), **kept}
    return _dated(gone, event)


def _dated(tombstone: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    """Return a tombstone with the time of its event, behind every edit of the message."""
    return {**tombstone, "edited": {"ts": event.get("event_ts") or event.get("ts")}}
