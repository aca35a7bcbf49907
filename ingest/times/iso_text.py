"""Times as ISO 8601 lets them be written, and almost like it, in; their usual form out."""

from __future__ import annotations

import polars as pl

_DIGITS = r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
"""A day of this and the last century: eight digits that begin with a day or a month never have a
month in the middle."""
_OFFSET = r"(\s*(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"


def usual_iso(text: pl.Expr) -> pl.Expr:
    """Return ``20240601T120000Z``, ``2024/06/01 12:00:00,5`` and the like with all signs.

    What is written in no such way stays as it is.
    """
    return (
        text.str.strip_chars()
        # years first are in no country followed by the day
        .str.replace(r"^(\d{4})([/.])(\d{1,2})[/.](\d{1,2})($|[ Tt])", "${1}-${3}-${4}${5}")
        .str.replace(_DIGITS + r"(\d{2})(\d{2})(\d{2})$", "${1}-${2}-${3}T${4}:${5}:${6}")
        .str.replace(_DIGITS + r"($|[ Tt])", "${1}-${2}-${3}${4}")
        .str.replace(
            r"^(\d{4}-\d{2}-\d{2})[ Tt](\d{2})(\d{2})(\d{2})([.,]\d+)?" + _OFFSET + "$",
            "${1}T${2}:${3}:${4}${5}${6}",
        )
        .str.replace(
            r"^(\d{4}-\d{2}-\d{2})[ Tt](\d{2})(\d{2})" + _OFFSET + "$", "${1}T${2}:${3}${4}"
        )
        # ISO 8601 prefers the comma, and Python's logging writes it
        .str.replace(r"^(\d{4}-\d{1,2}-\d{1,2}[ Tt]\d{1,2}:\d{2}:\d{2}),(\d)", "${1}.${2}")
        # the end of a day is the second after its last one, as a leap second is
        .str.replace(
            r"^(\d{4}-\d{2}-\d{2})[ Tt]24:00(?::00(?:\.0+)?)?" + _OFFSET + "$", "${1}T23:59:60${2}"
        )
    )
