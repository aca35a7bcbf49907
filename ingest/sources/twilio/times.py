"""Times of the Twilio API, RFC 2822 or ISO 8601, in; naive UTC out."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def moment(value: Any) -> datetime | None:
    """Return naive UTC, or None; a time without offset is UTC, as Twilio documents."""
    if not isinstance(value, str) or len(value) > 100:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(value.strip())
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
            return at.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
