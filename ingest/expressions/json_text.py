"""Columns in, the members of a JSON object as text out; nulls have no member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import polars as pl

from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.prefixed import prefixed


def encoded(value: pl.Expr) -> pl.Expr:
    """Return each value as JSON text, null for null."""
    text = pl.struct(value.alias("v")).struct.json_encode()
    return pl.when(value.is_not_null()).then(text.str.slice(5).str.strip_suffix("}"))


def members(values: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return ``"name":value,…`` of the values that are not null, sorted by name; null if none.

    Sorted, so that a source which reorders its columns does not look changed.
    """
    parts = [
        prefixed(f"{_json_name(name)}:", encoded(value)) for name, value in sorted(values.items())
    ]
    return null_if_empty(pl.concat_str(parts, separator=",", ignore_nulls=True))


def json_object(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Return one object of several texts of members; null if all are null."""
    text = null_if_empty(pl.concat_str(list(parts), separator=",", ignore_nulls=True))
    return pl.format("{{{}}}", text)


@lru_cache(maxsize=10_000)
def _json_name(name: str) -> str:
    escaped = pl.DataFrame({"v": [name]}).select(encoded(pl.col("v"))).item()
    return str(escaped)
