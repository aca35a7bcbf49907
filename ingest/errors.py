"""What can go wrong while loading, each with a sentence that names the thing and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class IngestError(Exception):
    """Something is wrong that a person has to put right."""


class ConfigError(IngestError):
    """``sources.yml`` cannot be used as it is.

    Parameters
    ----------
    line
        Line in ``file`` from 1; None where the file as a whole is meant.
    key_path
        Keys that lead to the mistake, e.g. ``sources.mail.path``.
    """

    def __init__(
        self, message: str, *, file: Path, line: int | None = None, key_path: str = ""
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.key_path = key_path
        place = str(file) + (f", line {line}" if line else "")
        super().__init__(f"{place}: {key_path + ': ' if key_path else ''}{message}")


class UnknownSource(IngestError):
    """A source was asked for that ``sources.yml`` does not have."""


class TooManyQuarantined(IngestError):
    """More of a source's rows cannot be loaded than ``quarantine_limit`` allows."""


class Unreconciled(IngestError):
    """A parser lost or invented records: its positions do not match the records it read."""


class ContractMismatch(IngestError):
    """A parser gave columns or entities that no contract has."""


class FileChanged(IngestError):
    """A file was written to while it was read."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} changed while it was read")


LISTED = 100
"""Names that are all listed where one is unknown; the longest contract has about sixty."""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a remedy for an unknown name: the nearest one, else all there are."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if not close:
        # a prefix or suffix missing, e.g. email for email_address
        close = [k for k in known if name and (name in k or k in name)][:1]
    if close:
        return f"did you mean {close[0]}?"
    if len(known) > LISTED:
        # the 250 regions of ISO 3166 are no sentence
        return f"there are {len(known)}, such as {', '.join(known[:3])}"
    return f"there is {', '.join(known)}" if known else "there is none"
