"""A value of the guards in, the same with its type out; a sentence where it is another."""

from __future__ import annotations

import re
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


_CAPITALS = re.compile("[A-Z]")
_CLASSES = re.compile(r"\\p\{\w+\}|\\.|\(\?P")
"""Parts of a regular expression in which a capital is no letter to match."""
_NAMESPACE = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""As sources have them."""
_MAILBOX = re.compile(r"[^\s@+*|]+")
_DOMAIN = re.compile(r"[^\s@*/:.][^\s@*/:]*")
"""What an address can have before and after its @; before it up to the first plus sign."""


def id_types(place: str, found: Any) -> tuple[str, ...]:
    """Return identifier types; with a colon after them, the namespace of one system."""
    named = texts(place, found)
    unknown = [one for one in named if one.partition(":")[0] not in ID_TYPES]
    if unknown:
        raise ValueError(
            f"{place} must be of {', '.join(ID_TYPES)}, got {', '.join(unknown)}: there is no "
            "such type of identifier"
        )
    for one in named:
        _, colon, namespace = one.partition(":")
        if colon and not _NAMESPACE.fullmatch(namespace):
            raise ValueError(
                f"{place}: {one!r} is of no system: write its namespace in sources.yml after the "
                "colon, such as contact:erp"
            )
    return named


def patterns(place: str, found: Any, example: str) -> tuple[str, ...]:
    """Return a list of regular expressions, none of which matches the example of a person's."""
    expressions = texts(place, found)
    for pattern in expressions:
        try:
            # Polars' expressions know no look-around and no back references, Python's do
            everybody = pl.Series([example]).str.contains(f"^(?:{pattern})$").item()
        except pl.exceptions.ComputeError as error:
            said = " ".join(str(error).split())
            raise ValueError(f"{place}: {pattern!r} is no regular expression: {said}") from error
        if _CAPITALS.search(_CLASSES.sub("", pattern)):
            raise ValueError(
                f"{place}: {pattern!r} has a capital, and values are compared in lower case"
            )
        if everybody:
            raise ValueError(
                f"{place}: {pattern!r} matches {example} too, and whom it matches is nobody: "
                "write a narrower one"
            )
    return expressions


def mailboxes(place: str, found: Any) -> tuple[str, ...]:
    """Return the parts of addresses before the @, in lower case as they are compared."""
    named = _small(place, found)
    wrong = [one for one in named if not _MAILBOX.fullmatch(one)]
    if wrong:
        raise ValueError(f"{place} must be the parts before the @, such as info, got {wrong[0]!r}")
    return named


def domains(place: str, found: Any) -> tuple[str, ...]:
    """Return domains of addresses, in lower case as they are compared."""
    named = tuple(one.removeprefix("@") for one in _small(place, found))
    wrong = [one for one in named if not _DOMAIN.fullmatch(one)]
    if wrong:
        raise ValueError(f"{place} must be domains, such as firm.com, got {wrong[0]!r}")
    return named


def _small(place: str, found: Any) -> tuple[str, ...]:
    return tuple(one.strip().lower() for one in texts(place, found))
