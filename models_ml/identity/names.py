"""Pairs of names in, whether they can be one person's out: agree, disagree or unknown."""

from __future__ import annotations

import polars as pl

from models_ml.identity.similarity import jaro_winkler, one_edit_apart

SIMILAR = 0.92
"""Jaro-Winkler similarity from which two spellings are one name: Kathrin and Katrin 0.97,
Thomas and Thmoas 0.96; Anna and Hanna 0.93, Maria and Marta 0.91."""

_PARTICLES = ["von", "van", "de", "der", "den", "zu", "la", "le", "di", "da", "del", "el", "al"]

_TITLES = r"\b(?:dr|prof|herr|frau|mr|mrs|ms|dipl|ing|jr|sr)\b"


def folded(name: pl.Expr) -> pl.Expr:
    """Return a name as it is compared: small letters, no accents, no titles, one spelling.

    ``Müller``, ``Mueller`` and ``MULLER`` become one, and so do ``Stephan`` and ``Stefan``.
    Words are separated by single spaces; an empty name becomes null.
    """
    letters = (
        name.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_many(["ß", "ø", "ł", "đ", "æ", "œ"], ["ss", "o", "l", "d", "a", "o"])
        .str.replace_many(["ae", "oe", "ue", "ph"], ["a", "o", "u", "f"])
        .str.replace_all(r"[^\p{L}]+", " ")
        .str.replace_all(_TITLES, " ")
        .str.replace_all(r" +", " ")
        .str.strip_chars(" ")
    )
    return pl.when(letters != "").then(letters)


def agreement(pairs: pl.DataFrame) -> pl.DataFrame:
    """Compare two names each.

    Parameters
    ----------
    pairs
        Folded ``first_a``, ``last_a``, ``first_b``, ``last_b``; null where not stated.

    Returns
    -------
    pl.DataFrame
        The pairs with ``first`` and ``last``: true if that part agrees, false if it does not,
        null if a side does not state it. First and last name given the wrong way round agree.
    """
    if pairs.is_empty():
        return pairs.with_columns(
            first=pl.lit(None, dtype=pl.Boolean), last=pl.lit(None, dtype=pl.Boolean)
        )
    swapped = (pl.col("first_a") == pl.col("last_b")) & (pl.col("last_a") == pl.col("first_b"))
    parts = {
        "first": _same(pairs, "first_a", "first_b", gendered=True),
        "last": _same(pairs, "last_a", "last_b", gendered=False),
    }
    return pairs.with_columns(
        pl.when(swapped).then(pl.lit(True)).otherwise(pl.lit(same)).alias(part)
        for part, same in parts.items()
    )


def _same(pairs: pl.DataFrame, left: str, right: str, *, gendered: bool) -> pl.Series:
    """Return whether two columns hold one name, null where either does not hold any."""
    stated = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    # of two names that are not both stated neither is compared
    names = pairs.select(
        a=pl.when(stated).then(pl.min_horizontal(left, right)),
        b=pl.when(stated).then(pl.max_horizontal(left, right)),
    )
    distinct = names.drop_nulls().unique(maintain_order=True)
    short, long = pl.col("a"), pl.col("b")
    spellings = distinct["a"].to_list(), distinct["b"].to_list()
    similarity, slip = jaro_winkler(*spellings), one_edit_apart(*spellings)
    # an initial, or a nickname that is the start of the name
    start = long.str.starts_with(short) & (short.str.len_chars() != 2)
    # Daniel and Daniela, Mario and Maria share a phone, not a customer id
    genders = (_ends_in_vowel(short) != _ends_in_vowel(long)) | (_stem(short) == _stem(long))
    alike = start | (pl.Series(similarity, dtype=pl.Float64) >= SIMILAR)
    if gendered:
        alike &= (short.str.len_chars() == 1) | ~genders
    else:
        # a letter left out of a family name; in short ones it makes another name
        alike |= pl.Series(slip, dtype=pl.Boolean) & (short.str.len_chars() >= 5)
    word = _words(short).list.set_intersection(_words(long)).list.len() > 0
    distinct = distinct.select("a", "b", same=word | alike)
    return names.join(distinct, on=["a", "b"], how="left", maintain_order="left")["same"]


def _words(name: pl.Expr) -> pl.Expr:
    """Return the words of a double name; von Berg and von Stein share none."""
    element = pl.element()
    return name.str.split(" ").list.eval(element.filter(~element.is_in(_PARTICLES)))


def _ends_in_vowel(name: pl.Expr) -> pl.Expr:
    return name.str.contains(r"[aeio]$")


def _stem(name: pl.Expr) -> pl.Expr:
    return name.str.replace(r"(?:as|us|[aeio])$", "")
