"""Settings of a mail server in; a connection that ends with the time of its source out."""

from __future__ import annotations

import imaplib
import ssl
from typing import Any

from ingest.collect.certificates import trusted, unaccepted
from ingest.collect.errors import Unreachable
from ingest.collect.time_limit import TimeLimit

PORTS = {"tls": 993, "starttls": 143}

LOGOUT_S = 5.0
"""A server that no longer answers is not asked for its leave; all has been fetched by then."""


class _Plain(imaplib.IMAP4):
    def __init__(self, host: str, port: int, timeout_s: float, limit: TimeLimit) -> None:
        self._limit = limit
        super().__init__(host, port, timeout=timeout_s)

    def open(self, *given: Any, **named: Any) -> None:
        """Connect; the greeting is read after it, and may never come to its end."""
        super().open(*given, **named)
        self._limit.bind(self.sock)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """Encrypt, which makes another socket of the same connection."""
        answer = super().starttls(ssl_context=ssl_context)
        self._limit.bind(self.sock)
        return answer


class _Encrypted(imaplib.IMAP4_SSL):
    def __init__(
        self, host: str, port: int, context: ssl.SSLContext, timeout_s: float, limit: TimeLimit
    ) -> None:
        self._limit = limit
        super().__init__(host, port, ssl_context=context, timeout=timeout_s)

    def open(self, *given: Any, **named: Any) -> None:
        """Connect; the greeting is read after it, and may never come to its end."""
        super().open(*given, **named)
        self._limit.bind(self.sock)


def connected(given: dict[str, Any], limit: TimeLimit) -> imaplib.IMAP4:
    """Return a connection that has been greeted, with the certificate checked.

    Raises
    ------
    Unreachable
        If the server does not answer, or its certificate is not accepted.
    """
    host = str(given["host"])
    context = trusted(given.get("ca_file"))
    security = given.get("security", "tls")
    port = given.get("port", PORTS[security])
    timeout_s = float(given.get("timeout_s", 60))
    limit.waits_for = f"{host} to greet"
    try:
        if security == "tls":
            return _Encrypted(host, port, context, timeout_s, limit)
        imap = _Plain(host, port, timeout_s, limit)
        try:
            imap.starttls(ssl_context=context)
        except (OSError, imaplib.IMAP4.error):
            imap.shutdown()
            raise
        return imap
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"the certificate of {host} is not accepted: {unaccepted(error)}"
        ) from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(f"{host}, port {port}, cannot be reached: {error}") from error


def log_out(imap: imaplib.IMAP4) -> None:
    """Take leave; a connection that is broken already is only shut."""
    try:
        with TimeLimit(LOGOUT_S) as limit:
            limit.bind(imap.sock)
            imap.logout()
    except (OSError, imaplib.IMAP4.error):
        imap.shutdown()
