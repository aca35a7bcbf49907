"""A report of Exchange's journal in, the message that it keeps out."""

from __future__ import annotations

from ingest.sources.email.parts import ENCLOSED, Part


def journaled(message: Part) -> Part | None:
    """Return the message within a journal report; None for any other message.

    The report itself is from the server to the archive, and says nothing that the message does not.
    """
    if "x-ms-journal-report" not in message.headers:
        return None
    enclosed = (part for part in message.parts or [] if part.content_type in ENCLOSED)
    return next((part.parts[0] for part in enclosed if part.parts), None)
