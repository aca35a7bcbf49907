"""The secret behind customer ids: from the environment, else from the home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from orchestration.errors import Refused

_BYTES, _LEAST_BYTES = 32, 16


def identity_key(home: Path) -> bytes:
    """Return the secret that customer ids are made with.

    ``$CRM_IDENTITY_KEY`` (hexadecimal) comes first, else ``identity.key`` in the home folder,
    which is made, readable by its owner only, where it is missing. With another key every
    customer gets another id.

    Raises
    ------
    Refused
        If the key is not hexadecimal or has less than 16 bytes.
    """
    file = home / "identity.key"
    place, text = "$CRM_IDENTITY_KEY", os.environ.get("CRM_IDENTITY_KEY")
    if not text:
        place = str(file)
        if not file.exists():
            home.mkdir(parents=True, exist_ok=True)
            # whole or not at all: half a key would be found and refused at the next run
            draft = file.with_suffix(".new")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as new:
                new.write(secrets.token_hex(_BYTES))
            draft.replace(file)
        text = file.read_text("ascii")
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) < _LEAST_BYTES:
        raise Refused(
            f"{place} is no key: it must be at least 32 hexadecimal digits; restore it from the "
            "backup, or remove it to have a new one made (every customer id changes then)."
        )
    return key
