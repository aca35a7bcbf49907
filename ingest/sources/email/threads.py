"""Ids and subject of a message in, the conversation it belongs to out."""

from __future__ import annotations

import re

_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|sv|vs|odp|ref|rif|res|bls|回复|答复)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[::]\s*)+",
    re.IGNORECASE,
)


def is_reply_form(subject: str | None) -> bool:
    """Return whether the subject is another one with ``Re:`` or its like before it."""
    return bool(_REPLY.match(_untagged(subject or "")))


def _untagged(subject: str) -> str:
    """Drop what lists and ticket systems put before a subject, e.g. ``[EXTERNAL]``."""
    return re.sub(r"^\s*(?:\[[^\]]{1,60}\]\s*)+", "", subject)


def conversation_of(
    message_id: str, subject: str | None, references: list[str], in_reply_to: list[str]
) -> str:
    """Return the id of the message that began the conversation, as far as this one tells.

    References are trusted only under a subject in reply form: people begin new topics by
    answering an old mail with a new subject. In-Reply-To alone is trusted.
    """
    if references and is_reply_form(subject):
        return references[0]
    if in_reply_to:
        return in_reply_to[0]
    return message_id
