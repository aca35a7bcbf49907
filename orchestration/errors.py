"""What a person can put right: every message names the thing, the value and the remedy."""

from __future__ import annotations


class Refused(Exception):
    """The command cannot go on; its text is one sentence that ends in what to do.

    Attributes
    ----------
    exit_code
        2 for a mistake in what was asked, 1 for a state of the world.
    """

    exit_code = 1


class WrongUse(Refused):
    """What was asked makes no sense: a name or a folder that does not exist."""

    exit_code = 2


class WarehouseLocked(Refused):
    """Another process has the warehouse file open."""


class NothingPublished(Refused):
    """There is no generation to read, or none to go back to."""


class PublishFailed(Refused):
    """The new generation could not be written; the old one is as it was."""


class GateClosed(Refused):
    """A blocking check of this run failed or never ran, so nothing may be published."""


def sentence(error: Exception) -> str:
    """Return what an error says as a sentence; a question is one."""
    text = str(error)
    return text if text.endswith((".", "?")) else f"{text}."
