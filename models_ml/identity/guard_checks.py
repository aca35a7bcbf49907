"""A value of ``guards.yml`` in, the same with its type out; a sentence where it is another."""

from __future__ import annotations

from typing import Any

import polars as pl

from models_ml.rule_checks import texts

ID_TYPES = (
    "user_id",
    "tax_number",
    "social",
    "email",
    "domain",
    "phone",
    "device",
    "anonymous_id",
    "contact",
    "lead",
    "account",
)
"""Types of identifiers there are, those of records included."""


def id_types(place: str, found: Any) -> tuple[str, ...]:
    """Return identifier types; with a colon after them, the namespace of one system."""
    named = texts(place, found)
    unknown = [one for one in named if one.partition(":")[0] not in ID_TYPES]
    if unknown:
        raise ValueError(
            f"{place} must be of {', '.join(ID_TYPES)}, got {', '.join(unknown)}: there is no "
            "such type of identifier"
        )
    return named


def patterns(place: str, found: Any) -> tuple[str, ...]:
    """Return a list of regular expressions."""
    expressions = texts(place, found)
    for pattern in expressions:
        try:
            # Polars' expressions know no look-around and no back references, Python's do
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError as error:
            raise ValueError(f"{place}: {pattern!r} is no regular expression: {error}") from error
    return expressions
