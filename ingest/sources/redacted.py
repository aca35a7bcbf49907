"""Texts in; whether something was taken out of them out."""

from __future__ import annotations

REDACTED = "\u2587"
"""What Zendesk puts in place of a character that was redacted."""


def is_redacted(text: str | None) -> bool | None:
    """Return True where a text shows that characters were taken out, else None."""
    return True if text is not None and REDACTED in text else None
