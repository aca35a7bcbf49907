"""Names as they are stated in, as they are compared out."""

from __future__ import annotations

import polars as pl

from models_ml.identity.scripts import plain_letters

_TITLES = r"\b(?:dr|prof|herr|frau|mr|mrs|ms|dipl|ing|jr|sr)\b"


def folded(name: pl.Expr) -> pl.Expr:
    """Return a name as it is compared: small Latin letters, no accents, no titles, one spelling.

    ``Müller``, ``Mueller`` and ``MULLER`` become one, and so do ``Stephan`` and ``Stefan``,
    ``Иванов`` and ``Ivanov``.
    Words are separated by single spaces; an empty name becomes null.
    """
    letters = (
        plain_letters(name)
        .str.replace_many(["ß", "ø", "ł", "đ", "æ", "œ"], ["ss", "o", "l", "d", "a", "o"])
        .str.replace_many(["ae", "oe", "ue", "ph"], ["a", "o", "u", "f"])
        .str.replace_all(r"[^\p{L}]+", " ")
        .str.replace_all(_TITLES, " ")
        .str.replace_all(r" +", " ")
        .str.strip_chars(" ")
    )
    return pl.when(letters != "").then(letters)


def stem(word: pl.Expr) -> pl.Expr:
    """Return a folded first name without the ending of a gender.

    ``Daniel`` and ``Daniela``, ``Mario`` and ``Maria`` share a phone, not a customer id.
    """
    return word.str.replace(r"(?:as|us|[aeio])$", "")
