"""A reference such as ``env:IMAP_PASSWORD`` in; the secret, read when it is needed, out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from ingest.collect.errors import SecretMissing

_TOKEN = re.compile(r"[\x21-\x7e]+")
_REFERENCE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that stands in an environment variable; what can be printed of it is the name."""

    variable: str

    def reveal(self) -> str:
        """Return the secret itself.

        Raises
        ------
        SecretMissing
            If the variable is not set or empty.
        """
        value = os.environ.get(self.variable, "").strip()
        if not value:
            raise SecretMissing(
                f"the environment variable {self.variable} is not set; "
                "set it to the secret before collecting"
            )
        return value

    def reveal_token(self) -> str:
        """Return the secret as it goes into the head of a request.

        Raises
        ------
        SecretMissing
            If it is not set, or holds what no token does and no head may.
        """
        value = self.reveal()
        if _TOKEN.fullmatch(value) is None:
            # not repeated, though it may be no secret at all
            raise SecretMissing(
                f"the environment variable {self.variable} holds no token: a space, a line end or "
                "a sign beyond ASCII is in it; copy it once more"
            )
        return value


def secret_of(reference: str) -> Secret | None:
    """Return the secret that ``env:NAME`` refers to; None if the text is no reference."""
    found = _REFERENCE.fullmatch(reference.strip())
    return Secret(found.group(1)) if found else None


def redacted(text: str, secrets: Iterable[Secret], *values: str) -> str:
    """Return ``text`` on one line and with ``***`` for every secret that stands in it.

    Parameters
    ----------
    values
        Further secrets that stand in no variable, such as access tokens.
    """
    held = (os.environ.get(secret.variable, "").strip() for secret in secrets)
    for value in (*values, *held):
        for spelling in {value, quote(value, safe="")} - {""}:
            text = text.replace(spelling, "***")
    return " ".join(text.split())
