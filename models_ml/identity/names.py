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
    sides = pairs.select(
        side for part in ("first", "last") for side in _sides(f"{part}_a", f"{part}_b", part)
    )
    firsts, lasts = (
        sides.select(a=f"{part}_short", b=f"{part}_long") for part in ("first", "last")
    )
    # both parts at once: each step costs as much for one name as for a thousand
    same = _same(pl.concat([firsts, lasts]).drop_nulls().unique(maintain_order=True))
    both = [
        names.join(same, on=["a", "b"], how="left", maintain_order="left")[part]
        for part, names in (("first", firsts), ("last", lasts))
    ]
    return pairs.with_columns(
        pl.when(swapped).then(pl.lit(True)).otherwise(pl.lit(one)).alias(one.name) for one in both
    )


def _sides(left: str, right: str, part: str) -> tuple[pl.Expr, pl.Expr]:
    """Return two names in text order; of two that are not both stated neither is compared."""
    stated = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    return (
        pl.when(stated).then(pl.min_horizontal(left, right)).alias(f"{part}_short"),
        pl.when(stated).then(pl.max_horizontal(left, right)).alias(f"{part}_long"),
    )


def _same(names: pl.DataFrame) -> pl.DataFrame:
    """Return whether ``a`` and ``b`` are one name, as a ``first`` and as a ``last`` one."""
    short, long = pl.col("a"), pl.col("b")
    spellings = names["a"].to_list(), names["b"].to_list()
    similarity, slip = jaro_winkler(*spellings), one_edit_apart(*spellings)
    # an initial, or a nickname that is the start of the name
    start = long.str.starts_with(short) & (short.str.len_chars() != 2)
    # Daniel and Daniela, Mario and Maria share a phone, not a customer id
    genders = (_ends_in_vowel(short) != _ends_in_vowel(long)) | (_stem(short) == _stem(long))
    alike = start | (pl.Series(similarity, dtype=pl.Float64) >= SIMILAR)
    # a letter left out of a family name; in short ones it makes another name
    left_out = pl.Series(slip, dtype=pl.Boolean) & (short.str.len_chars() >= 5)
    word = _words(short).list.set_intersection(_words(long)).list.len() > 0
    return names.select(
        "a",
        "b",
        first=word | (alike & ((short.str.len_chars() == 1) | ~genders)),
        last=word | alike | left_out,
    )


def _words(name: pl.Expr) -> pl.Expr:
    """Return the words of a double name; von Berg and von Stein share none."""
    element = pl.element()
    return name.str.split(" ").list.eval(element.filter(~element.is_in(_PARTICLES)))


def _ends_in_vowel(name: pl.Expr) -> pl.Expr:
    return name.str.contains(r"[aeio]$")


def _stem(name: pl.Expr) -> pl.Expr:
    return name.str.replace(r"(?:as|us|[aeio])$", "")
