"""A comment of a Zendesk ticket in; an interaction, a ticket event and attachments out.

The same comment comes from ``comments``, embedded in its ticket or as an event of an audit, with
one id in all of them: it becomes one interaction, however often it is exported.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ingest.sources.gathering import Row
from ingest.sources.html_text import html_to_text
from ingest.sources.json_values import as_number, as_object, as_objects, as_text
from ingest.sources.own_domains import is_ours
from ingest.sources.redacted import is_redacted
from ingest.sources.zendesk.context import Context
from ingest.sources.zendesk.directory import SYSTEM
from ingest.sources.zendesk.times import moment
from ingest.sources.zendesk.voice import call_row, is_call

CHANNELS = {
    "email": "email", "mail": "email", "connect_mail": "email", "mailgun": "email",
    "web": "web", "mobile": "web", "help_center": "web", "web_form": "web",
    "web_widget": "web", "web_service": "web", "voice": "phone", "phone": "phone",
    "phone_call_inbound": "phone", "phone_call_outbound": "phone", "voicemail": "phone",
    "api_phone_call_inbound": "phone", "api_phone_call_outbound": "phone",
    "api_voicemail": "phone",
    "sms": "sms", "text_message": "sms", "connect_sms": "sms", "messagebird_sms": "sms",
    "twilio_sms": "sms", "google_rcs": "sms",
    "native_messaging": "chat", "messaging": "chat", "chat": "chat", "chat_transcript": "chat",
    "chat_offline_message": "chat", "any_channel": "chat", "sunshine_conversations_api": "chat",
    "answer_bot_for_web_widget": "chat", "business_messaging_slack_connect": "chat",
    "whatsapp": "chat", "line": "chat", "telegram": "chat", "viber": "chat", "wechat": "chat",
    "kakaotalk": "chat", "apple_business_chat": "chat", "google_business_messages": "chat",
    "twitter": "social", "twitter_dm": "social", "twitter_favorite": "social",
    "twitter_like": "social", "facebook": "social", "facebook_post": "social",
    "facebook_message": "social", "instagram_dm": "social",
    "sunshine_conversations_facebook_messenger": "social",
    "sunshine_conversations_twitter_dm": "social",
}  # fmt: skip
"""Channel of a comment by its ``via``; any other (api, rule, system ...) is web: it was written
in Zendesk's pages, or by a program on their behalf."""

_TICKET_OF_ADDRESS = re.compile(r"/tickets/(\d+)/(?:comments|conversation_log)")


def add_comment(
    context: Context,
    comment: dict[str, Any],
    ticket: dict[str, Any] | None = None,
    told: Row | None = None,
) -> None:
    """Add a comment; ``ticket`` is the one it is embedded in, or as much as is known of it.

    Live collection gives a comment that was changed its ``ticket``.

    Parameters
    ----------
    told
        More to keep in ``attributes``. Where messages say themselves who wrote, ``side`` of the
        comment has it.
    """
    ticket = ticket or as_object(comment.get("ticket"))
    comment_id = as_text(comment.get("id"))
    if comment_id is None:
        context.refuse(comment, "missing_id", "comment has no id")
        return
    ticket_id = as_text(comment.get("ticket_id") or ticket.get("id")) or _ticket_of(context.page)
    if ticket_id is None:
        reason = (
            f"comment {comment_id} does not say of which ticket it is; keep the page's next_page "
            "or links, or write ticket_id into the page or each comment"
        )
        context.refuse(comment, "missing_ticket", reason)
        return
    sent_at = moment(comment.get("created_at"))
    if sent_at is None:
        reason = f"comment {comment_id} has no readable created_at"
        context.refuse(comment, "missing_date", reason)
        return
    is_public = comment.get("public") is not False
    author_id = as_text(comment.get("author_id"))
    side = _side(context, comment, ticket, author_id)
    event: Row = {
        "ticket_event_id": comment_id,
        "ticket_ref": ticket_id,
        "event_type": "comment",
        "is_public": is_public,
        **actor(context, author_id, side),
        "event_at": sent_at,
    }
    context.add("ticket_event", event)
    if "comment_present" in comment and text_of(comment) is None:
        # exported without include=comment_events: there was a comment, not which
        return
    if is_public and side is None:
        reason = (
            f"whether user {author_id}, who wrote comment {comment_id}, is an agent or an end "
            "user is not known; put users.json beside the file, export with include=users, or "
            "set options.agents of the source"
        )
        context.refuse(comment, "unknown_author", reason)
        return
    row = _row(context, comment, ticket, ticket_id, sent_at)
    row |= _sides(context, ticket, author_id, side, is_public)
    context.add("interaction", row | call_row(comment) if is_call(comment) else row, {
        "via": as_object(comment.get("via")), "audit_id": as_text(comment.get("audit_id")),
        "author_id": author_id if side is None else None,
        "voice": as_object(comment.get("data")), **(told or {}),
    })  # fmt: skip
    for place, attachment in enumerate(as_objects(comment.get("attachments"))):
        _add_attachment(context, comment_id, place, attachment)


def actor(context: Context, user_id: str | None, side: str | None) -> Row:
    """Return who acted, both null where it is not known which side they are on."""
    if side == "agent":
        return {"actor_type": "agent", "actor_ref": user_id}
    if side == "requester" and user_id is not None:
        ref = context.directory.person_ref(user_id)
        return {"actor_type": "requester", "actor_ref": ref}
    return {"actor_type": side, "actor_ref": None}


def _side(
    context: Context, comment: dict[str, Any], ticket: dict[str, Any], author_id: str | None
) -> str | None:
    """Return agent, requester or system; None where nothing tells."""
    is_public = comment.get("public") is not False
    if author_id == SYSTEM:
        return "system"
    if is_public and author_id is not None and author_id == as_text(ticket.get("requester_id")):
        return "requester"
    role = context.directory.role(author_id) or as_text(comment.get("side"))
    if role is not None:
        return role
    if not is_public and author_id is not None:
        # end users cannot write internal notes
        return "agent"
    via = as_object(comment.get("via"))
    address = as_text(as_object(as_object(via.get("source")).get("from")).get("address"))
    if via.get("channel") == "email" and address is not None and context.company.domains:
        return "agent" if is_ours(address, context.company) else "requester"
    return None


def _sides(
    context: Context,
    ticket: dict[str, Any],
    author_id: str | None,
    side: str | None,
    is_public: bool,
) -> Row:
    directory = context.directory
    is_inbound = side == "requester"
    requester = directory.person_ref(as_text(ticket.get("requester_id")))
    author = directory.person_ref(author_id) if is_inbound else None
    return {
        "direction": "internal" if not is_public else "inbound" if is_inbound else "outbound",
        "from_ref": author,
        "to_refs": [requester] if requester and is_public and not is_inbound else [],
        "customer_ref": author or requester,
        "agent_ref": author_id if side == "agent" else None,
        "is_automated": side == "system",
    }


def _row(
    context: Context,
    comment: dict[str, Any],
    ticket: dict[str, Any],
    ticket_id: str,
    sent_at: datetime,
) -> Row:
    channel = as_text(as_object(comment.get("via")).get("channel")) or ""
    return {
        "interaction_id": as_text(comment.get("id")),
        "conversation_ref": ticket_id,
        "interaction_type": _type(comment),
        "channel": "phone" if is_call(comment) else CHANNELS.get(channel, "web"),
        "sub_channel": "zendesk",
        "subject": as_text(ticket.get("subject")),
        "body_text": text_of(comment),
        # live collection says so of a file or link that was taken out, which no text shows
        "is_redacted": comment.get("redacted") is True or is_redacted(text_of(comment)),
        "queue": context.directory.group_name(as_text(ticket.get("group_id"))),
        "started_at": sent_at,
        "attachment_count": len(as_objects(comment.get("attachments"))),
        "ticket_ref": ticket_id,
    }


def _type(comment: dict[str, Any]) -> str:
    return "call" if is_call(comment) else "note" if comment.get("public") is False else "message"


def text_of(comment: dict[str, Any]) -> str | None:
    """Return the text, from its markup where it has no plain form."""
    plain = as_text(comment.get("body")) or as_text(comment.get("plain_body"))
    markup = as_text(comment.get("html_body"))
    return plain or (html_to_text(markup) if markup else None)


def _ticket_of(page: dict[str, Any]) -> str | None:
    """Return the ticket that a page of comments belongs to, by its own word or address."""
    links = as_object(page.get("links"))
    addresses = (page.get("next_page"), page.get("previous_page"), links.get("next"),
                 links.get("prev"), page.get("url"))  # fmt: skip
    for address in addresses:
        if found := _TICKET_OF_ADDRESS.search(as_text(address) or ""):
            return found.group(1)
    return as_text(page.get("ticket_id"))


def _add_attachment(
    context: Context, comment_id: str, place: int, attachment: dict[str, Any]
) -> None:
    size = as_number(attachment.get("size"))
    row = {
        "attachment_id": as_text(attachment.get("id")) or f"{comment_id}|{place}",
        "interaction_ref": comment_id,
        "file_name": as_text(attachment.get("file_name")),
        "mime_type": as_text(attachment.get("content_type")),
        "size_bytes": int(size) if size is not None and size >= 0 else None,
    }
    attributes = {name: attachment.get(name) for name in ("content_url", "inline", "deleted")}
    context.add("attachment", row, attributes)
