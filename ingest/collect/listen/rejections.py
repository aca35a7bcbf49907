"""What is not landed in; a trace of it in ``rejected.jsonl`` and in the log out.

The trace says when, where and why, never what: a payload that nobody vouches for is not stored.
The sender's address is hashed with a key that is forgotten when the receiver ends, which is
enough to see that one sender is behind many rejections.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from ingest.collect.listen.exchange import Rejection

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Anybody can cause rejections: the file and its predecessor stay below 20 MB together."""
LOG_EVERY_S = 10.0


class Rejections:
    """Writes the traces of one receiver.

    Parameters
    ----------
    file
        ``rejected.jsonl``; its predecessor is ``rejected.1.jsonl``.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._key = os.urandom(32)
        self._logged_s: dict[str, float] = {}
        self._unlogged: dict[str, int] = {}
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = file.open("ab", buffering=0)

    def add(self, path: str, source: str, rejection: Rejection, remote: str | None) -> None:
        """Write one trace; the log gets one line in ten seconds per reason.

        A disk that takes no trace must not cost the sender the answer: the log says so.
        """
        trace = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "path": path[:200],
            "source": source or None,
            "reason_code": rejection.code,
            "reason": rejection.reason,
            "remote": self._hashed(remote),
        }
        self._log(source, rejection)
        try:
            self._out.write(json.dumps(trace).encode() + b"\n")
            if self._out.tell() > MAX_FILE_BYTES:
                self.file.replace(self.file.with_suffix(".1.jsonl"))
                full, self._out = self._out, self.file.open("ab", buffering=0)
                full.close()
        except OSError as error:
            self._log(source, Rejection("not_traced", f"{self.file} takes no trace: {error}"))

    def close(self) -> None:
        """Close the file."""
        self._out.close()

    def _hashed(self, remote: str | None) -> str | None:
        if remote is None:
            return None
        return hashlib.blake2b(remote.encode(), key=self._key, digest_size=8).hexdigest()

    def _log(self, source: str, rejection: Rejection) -> None:
        now, code = time.monotonic(), rejection.code
        if now - self._logged_s.get(code, -LOG_EVERY_S) < LOG_EVERY_S:
            self._unlogged[code] = self._unlogged.get(code, 0) + 1
            return
        self._logged_s[code] = now
        more = self._unlogged.pop(code, 0)
        since = f" ({more} more since the last line like this)" if more else ""
        logger.warning("%s: not landed: %s%s", source or "webhooks", rejection.reason, since)
