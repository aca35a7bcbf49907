"""Ids and subject of a message in, the conversation it belongs to out.

The answer is a function of the message alone: neither which file holds it nor what else has been
read can change it.
"""

from __future__ import annotations

import re

_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|sv|vs|odp|ref|rif|res|bls|回复|答复|"
    r"fwd?|wg|tr|rv|enc|i|doorst|vb|转发)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[::]\s*)+",
    re.IGNORECASE,
)
"""Marks that leave the canonical subject (RFC 5256) what it was, in the languages of clients."""


def is_reply_form(subject: str | None) -> bool:
    """Return whether the subject is another one with ``Re:`` or its like before it."""
    return bool(_REPLY.match(untagged(subject or "")))


def untagged(subject: str) -> str:
    """Drop what lists and ticket systems put before a subject, e.g. ``[EXTERNAL]``."""
    return re.sub(r"^\s*(?:\[[^\]]{1,60}\]\s*)+", "", subject)


def bare_subject(subject: str) -> str:
    """Return the subject without tags and the marks of replies before it."""
    return untagged(_REPLY.sub("", untagged(subject))).strip()


def conversation_of(
    message_id: str, subject: str | None, references: list[str], in_reply_to: list[str]
) -> str:
    """Return the id of the message that began the conversation, as far as this one tells.

    In-Reply-To alone is trusted, whatever the subject: the conversation is the answered
    message's, whose root is the first reference where References lead to it, else itself.
    References without it are trusted only under a subject in reply form: people begin new topics
    by answering an old mail with a new subject, and some clients then keep References only.
    """
    references = [one for one in references if one != message_id]
    answered = next((one for one in in_reply_to if one != message_id), None)
    if references and (answered in references or is_reply_form(subject)):
        return references[0]
    return answered or message_id
