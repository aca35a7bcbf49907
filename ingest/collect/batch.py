"""What a collector gives, and what it promises to whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file to land, and the position after it.

    Parameters
    ----------
    state
        Position of the stream once the file is landed: plain JSON, enough to go on from.
    content
        None where only the position has moved.
    records
        Records in ``content``.
    """

    state: Any
    content: bytes | None = None
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPreview:
    """What would be fetched of one stream.

    Parameters
    ----------
    waiting
        Records that have not been collected; None where the system does not say.
    detail
        A sentence for a person.
    """

    stream: str
    waiting: int | None
    detail: str


class Collector(Protocol):
    """One live system, connected when it is first asked."""

    suffix: str

    def streams(self) -> tuple[str, ...]:
        """Return the names of what is collected one after the other."""

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield what is new in a stream since ``state``, None for the first time.

        Each batch is landed before the next is asked for.
        """

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Ask the system what it has, without fetching it."""

    def close(self) -> None:
        """End the connection."""
