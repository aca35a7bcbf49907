"""A country as a CRM writes it, code or name in some language, in; its ISO 3166 code out."""

from __future__ import annotations

from functools import cache

import polars as pl
from phonenumbers.geodata.locale import LOCALE_DATA

_ALSO = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US",
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "korea, republic of": "KR", "russian federation": "RU", "czech republic": "CZ",
    "the netherlands": "NL", "holland": "NL", "viet nam": "VN", "türkiye": "TR",
}  # fmt: skip


@cache
def country_names() -> dict[str, str]:
    """Return codes by name in lower case, in the languages that phonenumbers knows."""
    names: dict[str, str] = {}
    for code, by_language in sorted(LOCALE_DATA.items()):
        if len(code) != 2:
            continue
        names[code.lower()] = code
        for name in by_language.values():
            if not name.startswith("*") and len(name) > 2:
                names.setdefault(name.lower(), code)
    return names | _ALSO


def country(*fields: str) -> pl.Expr:
    """Return the code of the first of ``fields`` that names a country; null if none does."""
    names = country_names()
    found = [
        pl.col(field)
        .str.to_lowercase()
        .replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String)
        for field in fields
    ]
    return pl.coalesce(found)
