"""Expressions that the tables of several CRMs use."""

from __future__ import annotations

import polars as pl

from ingest.conform.types import FALSE, TRUE
from ingest.expressions.empty_text import null_if_empty
from ingest.sources.html_text import html_to_text
from ingest.times.timestamps import parse_timestamps


def first_of(field: str, separator: str = ";") -> pl.Expr:
    """Return the first of several values in one text."""
    return null_if_empty(pl.col(field).str.split(separator).list.first().str.strip_chars())


def earlier(field: str, other: str) -> pl.Expr:
    """Return the one of two fields that states the earlier time, else the one that states any.

    Both are of one record, so that neither has an offset or both have.
    """
    one, two = (parse_timestamps(pl.col(name), "UTC") for name in (field, other))
    return pl.when(two < one).then(pl.col(other)).otherwise(pl.coalesce(field, other))


def typed(id_type: str, value: pl.Expr) -> pl.Expr:
    """Return a person identifier ``<id_type>:<value>``; null for null."""
    return pl.concat_str(pl.lit(f"{id_type}:"), value)


def typed_each(id_type: str, *fields: str, separator: str = ";") -> pl.Expr:
    """Return the values of several fields, several to a text, as a list of identifiers."""
    texts = pl.concat_str(
        [pl.col(field) for field in fields], separator=separator, ignore_nulls=True
    )
    values = texts.str.split(separator).list.eval(pl.element().str.strip_chars())
    values = values.list.eval(pl.element().filter(pl.element() != ""))
    return values.list.eval(pl.concat_str(pl.lit(f"{id_type}:"), pl.element()))


def with_prefix(field: str, *prefixes: str) -> pl.Expr:
    """Return an id if it begins with one of ``prefixes``."""
    begins = pl.any_horizontal([pl.col(field).str.starts_with(prefix) for prefix in prefixes])
    return pl.when(begins).then(pl.col(field))


def is_true(field: str) -> pl.Expr:
    """Say whether a text field says true, in any way that flags are read; null says false."""
    return pl.col(field).str.to_lowercase().is_in(TRUE).fill_null(value=False)


def is_false(field: str) -> pl.Expr:
    """Say whether a text field says false; null does not."""
    return pl.col(field).str.to_lowercase().is_in(FALSE).fill_null(value=False)


def lower(field: str) -> pl.Expr:
    """Return a field in lower case, words joined by ``_``."""
    return pl.col(field).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "_")


def full_name(first: str, last: str) -> pl.Expr:
    """Return both names as one; null if both are."""
    names = [pl.col(first), pl.col(last)]
    return null_if_empty(pl.concat_str(names, separator=" ", ignore_nulls=True))


def matched(value: pl.Expr, patterns: dict[str, str], otherwise: str | None) -> pl.Expr:
    """Return what the first pattern found in a text stands for; null for null."""
    result: pl.Expr = pl.when(value.is_not_null()).then(pl.lit(otherwise, dtype=pl.String))
    for pattern, becomes in reversed(patterns.items()):
        result = pl.when(value.str.contains(pattern)).then(pl.lit(becomes)).otherwise(result)
    return result


def share_of(percent: str | pl.Expr) -> pl.Expr:
    """Return a percentage as a share of one; what is no number stays."""
    text = pl.col(percent) if isinstance(percent, str) else percent
    share = text.cast(pl.Float64, strict=False) / 100
    return pl.coalesce(share.cast(pl.String), text)


def text_of_html(field: str) -> pl.Expr:
    """Return the readable text of a field that may be HTML."""
    return pl.col(field).map_batches(_texts, return_dtype=pl.String)


def _texts(values: pl.Series) -> pl.Series:
    texts = [
        html_to_text(value) if value is not None and "<" in value else value for value in values
    ]
    return pl.Series(values.name, [text or None for text in texts], dtype=pl.String)


def day_of(field: str) -> pl.Expr:
    """Return a field if it begins with a day as ISO 8601 has it; what people typed otherwise."""
    return pl.col(field).str.extract(r"^(\d{4}-\d{2}-\d{2})")
