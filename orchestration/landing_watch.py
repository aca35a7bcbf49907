"""Has something landed, and has it come to rest? A cursor in, a cursor and a run key out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from orchestration.home import Home


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at ``landing/`` came to.

    Parameters
    ----------
    run_key
        Names the run to ask for; None asks for none.
    reason
        Why none is asked for.
    """

    cursor: str
    run_key: str | None = None
    reason: str = ""


def landing_digest(home: Home) -> str | None:
    """Return a digest of names, sizes and times of all landed files; None if there are none."""
    digest = hashlib.sha256()
    found = False
    for path in sorted(home.landing.rglob("*")):
        if path.is_file():
            found = True
            status = path.stat()
            name = path.relative_to(home.landing)
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest() if found else None


def look(home: Home, cursor: str | None) -> Look:
    """Compare ``landing/`` with what it was at the last looks.

    A look that sees a change only remembers it; the next one that sees the same asks for a run,
    so that a file still being copied is not read by halves.

    Parameters
    ----------
    cursor
        ``<digest a run was asked for>:<digest seen last>``; None at the first look.
    """
    requested, _, seen = (cursor or ":").partition(":")
    digest = landing_digest(home)
    if digest is None:
        return Look(f"{requested}:", reason="landing/ is empty")
    if digest == requested:
        return Look(f"{digest}:{digest}", reason="nothing new in landing/")
    if digest != seen:
        return Look(f"{requested}:{digest}", reason="files are arriving")
    return Look(f"{digest}:{digest}", run_key=digest)
