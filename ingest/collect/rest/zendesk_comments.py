"""Events of Zendesk tickets in; the comments that they changed after they were written out.

A comment from which a word or a file was redacted, or which was made private, comes with its old
event only, as it was. So it is read again from its ticket, and lands behind the event that tells of
the change: of two versions the later one counts. Its ticket's subject, requester and group, which
the event of a comment may have, stand with it under ``ticket``, and ``redacted`` if it was.
"""

from __future__ import annotations

from typing import Any

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client, RequestRefused
from ingest.collect.rest.sweep import Page, Records
from ingest.collect.rest.zendesk_list import following_cursor

REDACTIONS = ("CommentRedactionEvent", "AttachmentRedactionEvent")
CHANGES = (*REDACTIONS, "CommentPrivacyChange")

_OF_TICKET = ("id", "subject", "requester_id", "group_id")
_READ_AT_ONCE = 100
_GONE = 404


def changed_comments(client: Client, events: Records) -> Records:
    """Return the comments that the events say were changed, as they are now."""
    found: Records = []
    redacted = _named(events, REDACTIONS)
    for ticket_id, comment_ids in _named(events, CHANGES).items():
        try:
            ticket = client.get(f"api/v2/tickets/{ticket_id}.json").get("ticket")
            comments = _comments(client, ticket_id)
        except RequestRefused as refused:
            # deleted since, and its comments with it
            if refused.status != _GONE:
                raise
            continue
        if not isinstance(ticket, dict):
            raise UnexpectedAnswer(f"Zendesk's answer holds no ticket {ticket_id}")
        kept = {name: ticket.get(name) for name in _OF_TICKET}
        for comment in comments:
            comment_id = str(comment.get("id"))
            if None in comment_ids or comment_id in comment_ids:
                # a file or link that was taken out leaves no trace in the text
                is_redacted = comment_id in redacted.get(ticket_id, ())
                told = {"redacted": True} if is_redacted else {}
                found.append({**comment, "ticket_id": ticket_id, "ticket": kept, **told})
    return found


def _named(events: Records, kinds: tuple[str, ...]) -> dict[Any, set[str | None]]:
    """Return the comments that events of these kinds name, by ticket; None for one not named."""
    named: dict[Any, set[str | None]] = {}
    for event in events:
        for child in event.get("child_events") or []:
            if isinstance(child, dict) and child.get("event_type") in kinds:
                comment_id = child.get("comment_id")
                comment = None if comment_id is None else str(comment_id)
                named.setdefault(event.get("ticket_id"), set()).add(comment)
    named.pop(None, None)
    return named


def _comments(client: Client, ticket_id: Any) -> Records:
    comments: Records = []
    asked: dict[str, Any] = {"page[size]": _READ_AT_ONCE}
    while True:
        answer = client.get(f"api/v2/tickets/{ticket_id}/comments.json", asked)
        comments += Page(answer, "comments", None).records
        following = following_cursor(answer)
        if following is None:
            return comments
        if following == asked.get("page[after]"):
            raise UnexpectedAnswer(
                f"Zendesk's comments of ticket {ticket_id} lead round in a circle"
            )
        asked = {**asked, "page[after]": following}
