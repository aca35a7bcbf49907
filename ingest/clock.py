"""Nothing in; the time now out, as the warehouse writes times."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time now in UTC, without zone."""
    return datetime.now(UTC).replace(tzinfo=None)
