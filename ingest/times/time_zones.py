"""Nothing in; the names of the time zones that this machine knows, out."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zone_names() -> frozenset[str]:
    """Return the names of all IANA time zones.

    Kept, for the standard library looks through a folder of 600 files each time it is asked.
    """
    return frozenset(available_timezones())
