"""A host or an HTTP address in; what is wrong with it out."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_problem(host: str) -> str | None:
    """Return why a text is no host; None if it is one."""
    if _HOST.fullmatch(host):
        return None
    return "must be a host alone, such as imap.example.com: no scheme, user or path"


def address_problem(address: str) -> str | None:
    """Return why a text is no address to send a secret to; None if it is one.

    The text is not repeated: people write passwords into addresses.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        has_user = parts.username is not None or parts.password is not None
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return "is no address; write e.g. https://api.example.com"
    if has_user:
        return "must not hold a user or password; give the secret as env:NAME in its own key"
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or not port_is_fine:
        return "is no address; write e.g. https://api.example.com"
    if parts.query or parts.fragment:
        return "must end before ? and #"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https://; without it anybody on the way could read the secret"
    return None


def origin(address: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address."""
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), port
