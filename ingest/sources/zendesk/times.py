"""Times of Zendesk's APIs, ISO 8601 or seconds since 1970, in; naive UTC out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ingest.sources.json_values import as_moment


def moment(value: Any) -> datetime | None:
    """Return naive UTC, or None; a time without offset is UTC, as Zendesk documents."""
    if not isinstance(value, str):
        return as_moment(value)
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        return as_moment(value)
    try:
        return at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None
