"""What can go wrong while collecting, each with a sentence that names the thing and the remedy."""

from __future__ import annotations

from ingest.errors import IngestError


class CollectError(IngestError):
    """A source cannot be collected; what was landed before stays landed."""


class SecretMissing(CollectError):
    """An environment variable that should hold a secret is not set."""


class AccessRefused(CollectError):
    """The other side does not accept the user, password or token, or grants too little."""


class NotGranted(AccessRefused):
    """The other side knows who asks, and does not give this; others may be given all the same."""


class Unreachable(CollectError):
    """The other side cannot be reached, or gave no usable answer in all attempts."""


class UnexpectedAnswer(CollectError):
    """The other side answered with something that its documentation does not allow."""


class OutOfTime(CollectError):
    """The time that a source may take in one run is over; the next run goes on from there."""


class CollectorBusy(CollectError):
    """Another process collects the same source."""


class StreamMissing(CollectError):
    """The other side has or gives no such stream; those after it are collected all the same."""


class LandingRefused(CollectError):
    """A file of the home folder cannot be read or written: the disk is full, or not ours."""
