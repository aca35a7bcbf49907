"""The landing folder in; the files of a source that may be read, and those refused, out."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.source import Source

_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".swp")
"""Endings that programs give to files they have not finished; finished ones are renamed."""

_OUT = "a link that leads out of landing/"


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A file in ``landing/``.

    Parameters
    ----------
    path
        Relative to ``landing/``, with ``/``.
    refusal
        Why it must not be read; None if it may.
    """

    path: str
    location: Path
    size_bytes: int = 0
    mtime_ns: int = 0
    refusal: str | None = None

    def is_unchanged(self) -> bool:
        """Say whether size and time of change are still what they were."""
        try:
            now = self.location.stat()
        except FileNotFoundError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size_bytes, self.mtime_ns)


def landed_files(landing: Path, source: Source) -> list[LandedFile]:
    """Return the files that a source's glob matches, sorted by path.

    Names that begin with a dot and unfinished files are passed over. A link that leads out of
    the landing folder is refused, as is anything that is no regular file: reading a pipe would
    never end.
    """
    if not landing.is_dir():
        return []
    root = landing.resolve()
    files = []
    ways_out: set[Path] = set()
    is_inside = cache(lambda location: location.resolve().is_relative_to(root))
    for location in landing.glob(source.path):
        if location.name.startswith(".") or location.name.lower().endswith(_UNFINISHED):
            continue
        path = location.relative_to(landing).as_posix()
        # a folder is asked once: of each file it took a third of the time of looking for new ones
        if not is_inside(location if location.is_symlink() else location.parent):
            ways_out.add(_way_out(landing, root, location))
            continue
        try:
            status = location.stat()
        except FileNotFoundError:
            files.append(LandedFile(path, location, refusal="a link that leads nowhere"))
            continue
        if stat.S_ISDIR(status.st_mode):
            continue
        refusal = None if stat.S_ISREG(status.st_mode) else "no regular file"
        files.append(LandedFile(path, location, status.st_size, status.st_mtime_ns, refusal))
    files += [
        LandedFile(link.relative_to(landing).as_posix(), link, refusal=_OUT) for link in ways_out
    ]
    return sorted(files, key=lambda file: file.path)


def _way_out(landing: Path, root: Path, location: Path) -> Path:
    """Return the link that leads out: what lies behind it is not ours to list."""
    on_the_way = [landing / part for part in reversed(location.relative_to(landing).parents)]
    return next((link for link in on_the_way if not link.resolve().is_relative_to(root)), location)
