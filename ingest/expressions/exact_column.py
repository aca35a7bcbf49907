"""A name in; the column of exactly that name out."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs


def exact_column(name: str) -> pl.Expr:
    """Return the column called ``name``, which a file's header chose.

    ``pl.col`` takes ``*`` for all columns and ``^…$`` for a pattern.
    """
    return cs.by_name(name).as_expr()
