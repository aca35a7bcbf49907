"""Values of decoded JSON, of whatever type they came, in; the type asked for or None out."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def as_text(value: Any) -> str | None:
    """Return a stripped text; numbers become text, blanks, objects and booleans None."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return str(value).strip() or None


def as_object(value: Any) -> dict[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any, key: str | None = None) -> list[dict[str, Any]]:
    """Return the objects of a list, or of the list that an object holds under ``key``."""
    if isinstance(value, dict) and key is not None:
        value = value.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_decimal(value: Any) -> Decimal | None:
    """Return an exact number of at most 14 digits before the point; text is read too."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = Decimal(str(value).strip())
        return number if number.is_finite() and abs(number) < 10**14 else None
    except (InvalidOperation, ValueError):
        return None


def as_number(value: Any) -> float | None:
    """Return a finite number; text is read too."""
    number = as_decimal(value)
    return None if number is None else float(number)


def as_moment(value: Any) -> datetime | None:
    """Return naive UTC from seconds since 1970, a number or its text, exact to a microsecond."""
    seconds = as_decimal(value)
    if seconds is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=math.floor(seconds * 1_000_000))
    except OverflowError:
        return None
