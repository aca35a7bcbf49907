"""Messages as they arrived in, one mbox file out that the format ``email`` reads back exactly.

The variant is mboxrd: a line that begins with ``From ``, after any number of ``>``, gets one ``>``
more, which reading takes away. Line ends stay as they are; behind each message stand a line end
and an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def mbox(messages: Iterable[tuple[datetime, bytes]]) -> bytes:
    """Return a mailbox.

    Parameters
    ----------
    messages
        When each was received (UTC), and its bytes.
    """
    parts: list[bytes] = []
    for received_at, message in messages:
        parts.append(f"From collected@localhost {received_at:%a %b %d %H:%M:%S %Y}\n".encode())
        parts.append(_FROM.sub(rb">\1", message))
        parts.append(b"\n" if message.endswith(b"\n") else b"\n\n")
    return b"".join(parts)
