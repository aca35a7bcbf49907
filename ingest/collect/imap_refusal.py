"""What a mail server says with a refusal in; what is refused, and whether the login has ended, out.

A login does not last: an access token lives for about an hour, and servers notice at any command.
Some end the connection, others answer this command and every later one with ``NO`` or ``BAD``.
"""

from __future__ import annotations

import re
from typing import Any

_LOGIN_ENDED = re.compile(
    # RFC 5530, and Exchange, whose words come without a code
    r"\[(?:EXPIRED|AUTHENTICATIONFAILED|AUTHORIZATIONFAILED)\]|authenticated but not connected",
    re.IGNORECASE,
)


def login_ended(said: str) -> bool:
    """Return whether a refusal is about who asks, and not about what is asked for."""
    return _LOGIN_ENDED.search(said) is not None


def words(found: list[Any]) -> str:
    """Return what the server says beside ``NO``; imaplib gives it as the last line of all."""
    said = found[-1] if found else b""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else ""
