"""A path that the user may have put anything at in; whether reading it comes to an end, out."""

from __future__ import annotations

from pathlib import Path

NO_FILE = "is a pipe or a device: put a file there"
"""Said of what is not plain, behind its name."""


def is_plain(path: Path) -> bool:
    """Return whether ``path`` is a file, a folder, or nothing, to open which says so at once.

    Opening a pipe waits for a writer, and some devices never end.
    """
    return path.is_file() or path.is_dir() or not path.exists()
