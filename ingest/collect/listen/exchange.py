"""One HTTP request as an endpoint sees it in; what to land, or why not, out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Request:
    """A request, read whole.

    Parameters
    ----------
    body
        As it was sent: still compressed, as signatures are made over it.
    query
        Without the question mark.
    remote
        Address of the sender, None where the socket has none.
    received_at
        With zone UTC.
    """

    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    remote: str | None
    received_at: datetime

    def header(self, name: bytes) -> str:
        """Return a header by its name in lower case, empty where it was not sent."""
        return self.headers.get(name, b"").decode("latin-1").strip()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why something is not landed: a code for counting and a sentence for the sender."""

    code: str
    reason: str


@dataclass(slots=True)
class Accepted:
    """What is landed before the request is answered with 200.

    Parameters
    ----------
    lines
        JSON objects as UTF-8, without newlines. None of them for what the format does not read.
    folder
        Folder below ``landing/``.
    events
        Records that the request held, for the rate limit.
    rejections
        Events of a batch that are not landed, by their place in it.
    missed
        What the sender says that it keeps back.
    answer
        What to answer with instead of ``{"success": true}``.
    answer_type
        Content type of ``answer``.
    """

    source: str
    folder: str
    lines: list[bytes]
    events: int = 1
    rejections: dict[int, Rejection] = field(default_factory=dict)
    missed: Rejection | None = None
    answer: bytes | None = None
    answer_type: bytes = b"application/json"


class Refused(Exception):
    """A request of which nothing is landed.

    Parameters
    ----------
    status
        Of the answer: 400 cannot be read, 401 not from who it should be, 413 too large,
        415 compressed, 429 too many, 503 could not be stored.
    source
        Empty where it is not known.
    """

    def __init__(
        self,
        status: int,
        code: str,
        reason: str,
        *,
        source: str = "",
        retry_after_s: int | None = None,
    ) -> None:
        self.status = status
        self.rejection = Rejection(code, reason)
        self.source = source
        self.retry_after_s = retry_after_s
        super().__init__(reason)
