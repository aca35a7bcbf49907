"""Names in, whether two of them can be one person's out: agree, disagree or not stated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models_ml.identity.groups import Numbers
from models_ml.identity.similarity import jaro_winkler, one_edit_apart

SIMILAR = 0.92
"""Jaro-Winkler similarity from which two spellings are one name: Kathrin and Katrin 0.97,
Thomas and Thmoas 0.96; Anna and Hanna 0.93, Maria and Marta 0.91."""

DIFFERS, AGREES, NOT_STATED = 0, 1, -1

Parts = npt.NDArray[np.int8]

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


@dataclass(frozen=True, slots=True)
class Names:
    """Different names of people, numbered.

    Parameters
    ----------
    spellings
        Folded words in text order.
    first, last
        Of every name the places of its parts in ``spellings``, -1 where it is not stated.
    born
        The birth date, ``NaT`` where it is not stated.
    """

    spellings: pl.Series
    first: Numbers
    last: Numbers
    born: npt.NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.first)


def numbered_names(stated: pl.DataFrame) -> tuple[Numbers, Names]:
    """Give every different name a number, in the order of their text.

    Parameters
    ----------
    stated
        ``first`` and ``last``, folded, and ``birth_date``.

    Returns
    -------
    tuple
        The number of the name in every row, and the names.
    """
    text = pl.concat_str(
        pl.col("first", "last").fill_null(""),
        pl.col("birth_date").cast(pl.String).fill_null(""),
        separator="|",
    )
    names = stated.lazy().select("first", "last", "birth_date").unique().sort(text).collect()
    key = stated.join(
        names.with_row_index("key"),
        on=["first", "last", "birth_date"],
        nulls_equal=True,
        maintain_order="left",
    )["key"]
    spellings = pl.concat([names["first"], names["last"]]).drop_nulls().unique().sort()
    places = pl.DataFrame({"word": spellings}).with_row_index("place")
    first, last = (
        names.select(word=part)
        .join(places, on="word", how="left", maintain_order="left")["place"]
        .cast(pl.Int64)
        .fill_null(-1)
        .to_numpy()
        for part in ("first", "last")
    )
    born = names["birth_date"].to_numpy().astype("M8[D]")
    return key.cast(pl.Int64).to_numpy(), Names(spellings, first, last, born)


def agreement(names: Names, a: Numbers, b: Numbers) -> tuple[Parts, Parts]:
    """Compare two names each.

    Parameters
    ----------
    a, b
        Numbers of the names.

    Returns
    -------
    tuple
        Of the first names and of the last names: ``AGREES``, ``DIFFERS`` or, where a side does
        not state it, ``NOT_STATED``. First and last name given the wrong way round agree.
    """
    parts = [(part[a], part[b]) for part in (names.first, names.last)]
    (first_a, first_b), (last_a, last_b) = parts
    # both parts at once: each step costs as much for one name as for a thousand
    n = len(names.spellings) + 1
    both = [np.flatnonzero((one >= 0) & (other >= 0)) for one, other in parts]
    sides = [(one[rows], other[rows]) for (one, other), rows in zip(parts, both, strict=True)]
    asked = np.concatenate([np.minimum(*side) * n + np.maximum(*side) for side in sides])
    different, back = np.unique(asked, return_inverse=True)
    same = _same(
        pl.DataFrame(
            {
                "a": names.spellings.gather(different // n),
                "b": names.spellings.gather(different % n),
            }
        )
    )
    backs = np.split(back, [len(both[0])])
    found = []
    swapped = (first_a == last_b) & (last_a == first_b) & (first_a >= 0) & (last_a >= 0)
    for part, rows, places in zip(("first", "last"), both, backs, strict=True):
        agrees = np.full(len(a), NOT_STATED, dtype=np.int8)
        agrees[rows] = np.where(same[part].to_numpy()[places], AGREES, DIFFERS)
        agrees[swapped] = AGREES
        found.append(agrees)
    return found[0], found[1]


def _same(names: pl.DataFrame) -> pl.DataFrame:
    """Return whether ``a`` and ``b``, in text order, are one name: a ``first``, a ``last`` one."""
    if names.is_empty():
        return pl.DataFrame(schema={"first": pl.Boolean, "last": pl.Boolean})
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
