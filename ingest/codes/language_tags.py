"""A language and its region as a system writes them in; the same in the spelling of BCP 47 out."""

from __future__ import annotations

import re

import polars as pl

_TAG = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:\.[\w-]+)?", re.IGNORECASE
)
"""Language, script and region; behind a dot the character set, which Unix writes there."""


def language_tags(written: pl.Series) -> pl.Series:
    """Return `de-DE` of `de_DE`, `de-de` and `de_DE.UTF-8`, and as it is what is no such tag."""
    distinct = written.drop_nulls().unique()
    tags = pl.Series([_tag(one) for one in distinct], dtype=pl.String)
    if (distinct == tags).all():
        return written
    return written.replace(distinct, tags)


def _tag(text: str) -> str:
    found = _TAG.fullmatch(text.strip())
    if found is None:
        return text
    language, script, region = found.groups(default="")
    return "-".join(part for part in (language.lower(), script.title(), region.upper()) if part)
