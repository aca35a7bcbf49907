"""Postal codes as they are written in, the one spelling in which they are compared out."""

from __future__ import annotations

import polars as pl

_COUNTRY = r"^[A-Z]{1,2}(?:[ -]+([0-9]{3}.*)|([0-9]{5}))$"
"""``D-80331``, ``NL-1015 CJ``, ``CA 94102`` (the state of an American one) and ``SE21120``. Letters
that are part of a code have fewer digits next to them: ``SW1A 1AA``, ``M5V 3L9``, ``D02 X285``."""

_PLUS_FOUR = r"^([0-9]{5})-[0-9]{4}$"
"""The block or the building behind an American one, which most addresses do without."""

_FRACTION = r"^([0-9]+)\.0+$"
"""Of a number that a table has held."""


def postal_code(written: pl.Expr) -> pl.Expr:
    """Return a postal code in capitals and digits: ``D-80331`` is ``80331``; null if none is left.

    What is not of the code itself is left out: the country before it, blanks and dashes.
    """
    plain = (
        written.str.normalize("NFKC")
        .str.to_uppercase()
        .str.replace_all("[\u2010-\u2015\u2212]", "-")
        .str.strip_chars()
        .str.replace(_FRACTION, "$1")
        .str.replace(_COUNTRY, "$1$2")
        .str.replace(_PLUS_FOUR, "$1")
        .str.replace_all(r"[^0-9A-Z]", "")
    )
    return pl.when(plain != "").then(plain)
