"""The name of a mail file in, the flags that a Maildir keeps in it out."""

from __future__ import annotations

import re
from pathlib import Path

_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")


def maildir_flags(path: Path) -> str:
    """Return e.g. ``RS`` (replied, seen) for ``cur/1700000000.M1P2.host:2,RS``.

    ``;`` and ``!`` stand for ``:`` on file systems that do not allow it.
    """
    if path.parent.name not in ("cur", "new"):
        return ""
    found = _FLAGS.search(path.name)
    return found.group(1) if found else ""
