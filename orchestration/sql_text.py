"""Names and texts written into SQL, where no parameter may stand."""

from __future__ import annotations


def quoted(name: str) -> str:
    """Return a name from the catalog as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return text as a SQL literal, as ``comment on`` needs it."""
    return "'" + text.replace("'", "''") + "'"
