"""An error of any engine in; the sentence about the disk behind it out, if there is one.

Errors of the system say so themselves. The engines have types of their own for a full disk, and
not the same one each time: DuckDB fails to write, to commit or altogether; SQLite, which keeps
Dagster's history, calls it full, an I/O error or a file that it cannot open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FULL = re.compile(r"no space left on device|database or disk is full|disk quota exceeded", re.I)
_TOO_LARGE = re.compile(r"file too large", re.I)
_CLOSED = re.compile(r"read-only file system|readonly database|permission denied", re.I)
_UNSURE = re.compile(r"disk I/O error|unable to open database file", re.I)
_DAMAGED = re.compile(r"corrupt database file|could not read enough bytes", re.I)

_REMEDIES = (
    (_FULL, "free some disk space and do it again; what was written before is kept"),
    (
        _TOO_LARGE,
        "raise the limit of a file's size (ulimit -f, or the file system's own) and do it again",
    ),
    (_CLOSED, "let it be written, or name another home"),
    (_UNSURE, "see whether the disk is full or the home not to be written, and do it again"),
    (_DAMAGED, "move warehouse.duckdb away and run, which builds it anew from landing/"),
)
_FILE = re.compile(r'"(/[^"\n]+)"')


def disk_is_full(error: BaseException) -> bool:
    """Return whether an error, or one that it came from, says that there is no room."""
    return any(full.search(str(one)) for one in chain(error) for full in (_FULL, _TOO_LARGE))


def disk_fault(error: BaseException) -> str | None:
    """Return what is wrong with the disk and what to do; None if the error is about something else.

    Of a chain of errors the last that speaks of the disk counts.
    """
    for one in chain(error):
        text = str(one)
        for said, remedy in _REMEDIES:
            if found := said.search(text):
                file = _FILE.search(text)
                name = file.group(1) if file else "A file of the home"
                return f"{name} cannot be used ({found.group(0)}): {remedy}."
    return None


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it came from, none twice."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__
