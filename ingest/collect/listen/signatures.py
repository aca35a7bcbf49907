"""A request and a secret in; whether the vendor that shares the secret sent it out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import urlsplit, urlunsplit

WINDOW_S = 300
"""Slack's own advice, and HubSpot's: a request older than five minutes is a replay."""

_TWILIO_DIGESTS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_slack(secret: bytes, timestamp: str, signature: str, body: bytes, now_s: float) -> bool:
    """Check ``v0=<hex HMAC-SHA256 of v0:timestamp:body>`` and that it is five minutes old at most.

    Parameters
    ----------
    now_s
        Seconds since 1970.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now_s - int(timestamp)) > WINDOW_S:
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    return _is_same("v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest(), signature)


def is_intercom(secret: bytes, signature: str, body: bytes) -> bool:
    """Check ``sha1=<hex HMAC-SHA1 of the body>``."""
    return _is_same("sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest(), signature)


def is_hubspot(
    secret: bytes, timestamp: str, signature: str, url: str, body: bytes, now_s: float
) -> bool:
    """Check the base64 HMAC-SHA256 over method, URL, body and milliseconds, five minutes old."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        return False
    if abs(now_s - int(timestamp) / 1_000) > WINDOW_S:
        return False
    signed = b"POST" + url.encode() + body + timestamp.encode()
    return _is_same(base64.b64encode(hmac.digest(secret, signed, "sha256")).decode(), signature)


def is_twilio(
    secret: bytes,
    signature: str,
    url: str,
    parameters: list[tuple[str, str]],
    settings: str = "",
) -> bool:
    """Check the base64 HMAC-SHA1 over the URL and the sorted parameters of the form.

    Twilio signs some URLs with the default port and others without: both are tried.

    Parameters
    ----------
    settings
        What Twilio says of a signature by the shared key of a Webhooks Rule:
        ``key=…,algorithm=HMAC_SHA256``.
    """
    stated = re.search(r"(?:^|,)\s*algorithm=(\w+)", settings)
    digest = _TWILIO_DIGESTS.get(stated[1] if stated else "HMAC_SHA1")
    if digest is None:
        return False
    pairs = "".join(name + value for name, value in sorted(set(parameters)))
    expected = [
        base64.b64encode(hmac.digest(secret, (one + pairs).encode(), digest)).decode()
        for one in _with_and_without_port(url)
    ]
    # no early end: the time must not tell which of the two came close
    return sum([_is_same(one, signature) for one in expected]) > 0


def is_same_key(given: str, expected: bytes) -> bool:
    """Compare a key in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected)


def _is_same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _with_and_without_port(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.port is None:
        other = f"{parts.netloc}:{_DEFAULT_PORTS.get(parts.scheme, 443)}"
    else:
        other = parts.netloc.removesuffix(f":{parts.port}")
    return url, urlunsplit(parts._replace(netloc=other)) if host else url
