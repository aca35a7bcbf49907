"""Why bytes cannot become a message."""

from __future__ import annotations


class NotAMessage(Exception):
    """The bytes are no message that can become a row."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
