"""What can go wrong while collecting, each with a sentence that names the thing and the remedy."""

from __future__ import annotations

from ingest.errors import IngestError


class CollectError(IngestError):
    """A source cannot be collected; what was landed before stays landed."""


class SecretMissing(CollectError):
    """An environment variable that should hold a secret is not set."""


class AccessRefused(CollectError):
    """The other side does not accept the user, password or token, or grants too little."""


class Unreachable(CollectError):
    """The other side cannot be reached, or gave no usable answer in all attempts."""


class UnexpectedAnswer(CollectError):
    """The other side answered with something that its documentation does not allow."""


class CollectorBusy(CollectError):
    """Another process collects the same source."""


class StreamMissing(CollectError):
    """The other side has or gives no such stream; those after it are collected all the same."""
