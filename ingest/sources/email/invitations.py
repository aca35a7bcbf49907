"""A message with a calendar object in; whether it says no more than who comes to a meeting out."""

from __future__ import annotations

import re

from ingest.sources.email.headers import Headers

_METHOD = re.compile(rb"^METHOD:[ \t]*([A-Za-z]+)[ \t]*\r?$", re.MULTILINE)
_GOOGLE = "calendar-notification@google.com"


def calendar_method(data: bytes) -> str | None:
    """Return the method (RFC 5546) of a calendar object, such as REQUEST or REPLY."""
    found = _METHOD.search(data[:100_000])
    return None if found is None else found.group(1).decode().upper()


def is_bare_answer(headers: Headers, methods: list[str], written: str) -> bool:
    """Return whether a calendar answered an invitation, and nobody wrote anything with it.

    Parameters
    ----------
    written
        What the sender newly wrote. Google writes there that he has accepted.
    """
    return "REPLY" in methods and (not written or _GOOGLE in headers.raw("sender").lower())
