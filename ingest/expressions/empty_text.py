"""Texts in; the same texts, null where they are empty, out."""

from __future__ import annotations

import polars as pl


def null_if_empty(text: pl.Expr) -> pl.Expr:
    """Return ``text``, null where it is empty.

    It names ``text`` once: what an expression names twice is made twice, and the members of a JSON
    object were made four times.
    """
    return text.replace("", None)
