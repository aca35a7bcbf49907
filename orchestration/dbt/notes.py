"""What a table of the build says about how it was built: a note, kept as its comment.

A note in, a comment out, and back. A comment goes with its table: whatever drops or replaces the
table, ``dbt build`` included, takes the note away, and no second place can say otherwise.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import duckdb

from orchestration.sql_text import literal

_MARK = "built by "


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """How one table was built.

    Parameters
    ----------
    recipe
        Of ``dbt_changes``: what rows depend on beside their state; empty for other tables.
    made_of
        Digest of its SQL and of what it read; empty while the table is being changed.
    version
        A name that no other content of any table has had.
    shape
        Digest of the statement that declares the table.
    rows
        How many there were.
    content
        Hash of all rows, if it was ever compared with what was there before.
    """

    recipe: str = ""
    made_of: str = ""
    version: str = ""
    shape: str = ""
    rows: int = 0
    content: str = ""


def read(comment: str | None) -> Note | None:
    """Return the note in a comment; None if it is another's."""
    if comment is None or not comment.startswith(_MARK):
        return None
    try:
        return Note(**json.loads(comment.removeprefix(_MARK)))
    except (ValueError, TypeError):
        # of an earlier release, or written by hand
        return None


def write(con: duckdb.DuckDBPyConnection, target: str, note: Note) -> None:
    """Make it the note of a table."""
    said = _MARK + json.dumps(asdict(note))
    con.execute(f"comment on table {target} is {literal(said)}")


def is_note(comment: str | None) -> bool:
    """Say whether a comment is none for readers."""
    return comment is not None and comment.startswith(_MARK)
