"""What was said in Zendesk's messaging in; the comments that it is in the rows of a ticket out.

The conversation log of a ticket has its messages and comments, the audit in which a conversation
began has the messages again. Both name a message by its id in Sunshine Conversations.
"""

from __future__ import annotations

from typing import Any

from ingest.sources.json_values import as_number, as_object, as_objects, as_text
from ingest.sources.zendesk.comments import add_comment
from ingest.sources.zendesk.context import Context
from ingest.sources.zendesk.directory import SYSTEM

STARTED = "ChatStartedEvent"
"""The event of an audit that holds the history of a conversation."""

_MESSAGE = "Messaging::ConversationMessage"
_MESSAGE_REFERENCE = "zen:sunco:conversation_message:"
_COMMENT_REFERENCE = "zen:ticket_event:"

_SIDES = {"user": "requester", "end-user": "requester", "end_user": "requester",
          "agent": "agent", "bot": "system", "system": "system", "trigger": "system"}  # fmt: skip

_VIAS = {
    "messenger": "facebook_message", "instagram": "instagram_dm", "twitter": "twitter_dm",
    "twilio": "twilio_sms", "messagebird": "messagebird_sms", "mailgun": "mailgun",
}  # fmt: skip
"""Integrations of Sunshine Conversations that are no chats, as the channels of a ticket."""


def add_conversation_event(context: Context, event: dict[str, Any]) -> None:
    """Add a message or comment of a ticket's conversation log."""
    author, content = as_object(event.get("author")), as_object(event.get("content"))
    kind, reference = as_text(event.get("type")), as_text(event.get("reference")) or ""
    if kind not in (_MESSAGE, "Comment"):
        reason = f"{kind} in a conversation log is neither a message nor a comment"
        context.refuse(event, "unknown_kind", reason)
        return
    is_message = kind == _MESSAGE
    said_id = reference.removeprefix(_MESSAGE_REFERENCE if is_message else _COMMENT_REFERENCE)
    if said_id == reference or not said_id:
        reason = f"reference {reference or 'null'} names neither a message nor an event of a ticket"
        context.refuse(event, "missing_id", reason)
        return
    metadata, source = as_object(event.get("metadata")), as_object(event.get("source"))
    is_markup = as_text(content.get("type")) == "html"
    author_id = as_text(author.get("zen:support:user_id"))
    comment = {
        "id": said_id,
        "ticket_id": event.get("ticket_id"),
        "author_id": None if author_id == SYSTEM else author_id,
        "side": _SIDES.get(as_text(author.get("type")) or ""),
        "body": None if is_markup else content.get("text") or content.get("altText"),
        "html_body": content.get("body") if is_markup else None,
        "public": metadata.get("public") is not False,
        "created_at": event.get("received_at") or event.get("created_at"),
        "attachments": as_objects(event.get("attachments")),
    }
    if is_message:
        via = _VIAS.get(as_text(source.get("type")) or "", "native_messaging")
        comment["via"] = {"channel": via, "source": source}
    said = {"body", "text", "altText", "type"}
    told = {
        "author_name": as_text(author.get("display_name")),
        "author_sunco_id": as_text(author.get("zen:sunco:user_id")),
        "content": {name: value for name, value in content.items() if name not in said},
        "content_type": as_text(content.get("type")) if is_message else None,
    }
    add_comment(context, comment, {"requester_id": _requester(context)}, told)


def refuse_side_conversation(context: Context, value: dict[str, Any]) -> None:
    """Reject a conversation that an agent has with others about a ticket, or an event of it."""
    reason = (
        f"a side conversation of ticket {as_text(value.get('ticket_id'))} is with others than the "
        "customer, who need not be colleagues: it is no interaction of anybody here"
    )
    context.refuse(value, "side_conversation", reason)


def add_history(
    context: Context, audit: dict[str, Any], event: dict[str, Any], ticket: dict[str, Any]
) -> None:
    """Add the messages of the conversation that began with an audit.

    The history of a chat that was none of messaging has no ids of messages; it comes with the
    chats themselves.
    """
    for entry in as_objects(as_object(event.get("value")).get("history")):
        if _message_id(entry) is None:
            continue
        original = as_object(entry.get("original_message"))
        file = {
            "file_name": entry.get("filename"),
            "content_type": entry.get("mime_type"),
            "size": entry.get("size"),
            "content_url": entry.get("url"),
        }
        actor_id = as_text(entry.get("actor_id"))
        comment = {
            "id": _message_id(entry),
            "ticket_id": audit.get("ticket_id"),
            "author_id": None if actor_id == SYSTEM else actor_id,
            "side": _SIDES.get((as_text(entry.get("actor_type")) or "").lower()),
            "body": entry.get("message"),
            "created_at": original.get("received") or _seconds(entry.get("timestamp")),
            "attachments": [file] if entry.get("filename") or entry.get("url") else [],
            "via": {"channel": "native_messaging"},
        }
        told = {"author_name": as_text(entry.get("actor_name"))}
        add_comment(context, comment, ticket, told)


def without_messages(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event of an audit without the messages that are rows of their own."""
    value = event.get("value")
    if as_text(event.get("type")) != STARTED or not isinstance(value, dict):
        return event
    history = value.get("history")
    if not isinstance(history, list):
        return event
    kept = [one for one in history if not isinstance(one, dict) or _message_id(one) is None]
    return {**event, "value": {**value, "history": kept}}


def _message_id(entry: dict[str, Any]) -> str | None:
    return as_text(as_object(entry.get("original_message")).get("id"))


def _seconds(milliseconds: Any) -> float | None:
    said = as_number(milliseconds)
    return None if said is None else said / 1000


def _requester(context: Context) -> str | None:
    """Return the only end user who writes on the page, None where there are none or several."""
    authors = (as_object(one.get("author")) for one in as_objects(context.page.get("events")))
    ids = {
        as_text(author.get("zen:support:user_id"))
        for author in authors
        if _SIDES.get(as_text(author.get("type")) or "") == "requester"
    }
    return next(iter(ids)) if len(ids) == 1 else None
