"""Plain ids of one system in; ids that no other system can have out."""

from __future__ import annotations

import polars as pl

from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.prefixed import prefixed


def qualify(values: pl.Expr, namespace: str) -> pl.Expr:
    """Return ``<namespace>:<id>``; null and blank ids stay null.

    A value is always taken as a plain id, even if it has a colon: message ids and URLs do.
    """
    return prefixed(f"{namespace}:", null_if_empty(values.cast(pl.String).str.strip_chars()))
