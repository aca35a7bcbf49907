"""Names in, whether two of them can be one person's out: agree, disagree or not stated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models_ml.identity.folding import stem
from models_ml.identity.groups import Marks, Numbers
from models_ml.identity.nicknames import are_nicknames
from models_ml.identity.similarity import jaro_winkler, one_edit_apart

SIMILAR = 0.92
"""Jaro-Winkler similarity from which two spellings are one name: Kathrin and Katrin 0.97,
Thomas and Thmoas 0.96; Anna and Hanna 0.93, Maria and Marta 0.91."""

DIFFERS, AGREES, NOT_STATED = 0, 1, -1

Parts = npt.NDArray[np.int8]

_PARTICLES = {"von", "van", "de", "der", "den", "zu", "la", "le", "di", "da", "del", "el", "al"}


@dataclass(frozen=True, slots=True)
class Spellings:
    """Different words in text order, and what comparing them asks of each.

    Asked once of every word and not of every pair, for a word is in many of them.

    Parameters
    ----------
    text
        Folded words.
    length
        Characters of each.
    stem
        A number that is the same for two words that differ by the ending of a gender at most.
    ends_in_vowel, has_words
        Whether the last letter is a vowel; whether it is a double name.
    """

    text: pl.Series
    length: Numbers
    stem: Numbers
    ends_in_vowel: Marks
    has_words: Marks

    def __len__(self) -> int:
        return len(self.text)

    def texts(self, places: Numbers) -> list[str]:
        """Return the words at some places."""
        found: list[str] = self.text.gather(places).to_list()
        return found


@dataclass(frozen=True, slots=True)
class Names:
    """Different names of people, numbered.

    Parameters
    ----------
    spellings
        The words that names are made of.
    first, last
        Of every name the places of its parts in ``spellings``, -1 where it is not stated.
    born
        The birth date, ``NaT`` where it is not stated.
    """

    spellings: Spellings
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
    return key.cast(pl.Int64).to_numpy(), Names(_spellings(spellings), first, last, born)


def _spellings(text: pl.Series) -> Spellings:
    word = pl.col("word")
    asked = text.to_frame("word").select(
        length=word.str.len_chars().cast(pl.Int64),
        stem=stem(word).rank("dense").cast(pl.Int64),
        ends_in_vowel=word.str.contains(r"[aeio]$"),
        has_words=word.str.contains(" ", literal=True),
    )
    return Spellings(text, *(column.to_numpy() for column in asked))


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
    same = _same(names.spellings, different // n, different % n)
    backs = np.split(back, [len(both[0])])
    found = []
    swapped = (first_a == last_b) & (last_a == first_b) & (first_a >= 0) & (last_a >= 0)
    for agreed, rows, places in zip(same, both, backs, strict=True):
        agrees = np.full(len(a), NOT_STATED, dtype=np.int8)
        agrees[rows] = np.where(agreed[places], AGREES, DIFFERS)
        agrees[swapped] = AGREES
        found.append(agrees)
    return found[0], found[1]


def _same(spellings: Spellings, a: Numbers, b: Numbers) -> tuple[Marks, Marks]:
    """Return whether two words, in text order, are one first name, and whether one last name."""
    short, long = spellings.texts(a), spellings.texts(b)
    length = spellings.length[a]
    # an initial, or a short form that is the start of the name
    start = np.array([*map(str.startswith, long, short)], dtype=np.bool_) & (length != 2)
    vowel, stem = spellings.ends_in_vowel, spellings.stem
    genders = (vowel[a] != vowel[b]) | (stem[a] == stem[b])
    alike = start | (jaro_winkler(short, long) >= SIMILAR)
    # a letter left out of a family name; in short ones it makes another name
    left_out = one_edit_apart(short, long) & (length >= 5)
    word = np.zeros(len(a), dtype=np.bool_)
    # two single words share one if they are the same
    for row in np.flatnonzero((a == b) | spellings.has_words[a] | spellings.has_words[b]).tolist():
        word[row] = not _words(short[row]).isdisjoint(_words(long[row]))
    first: Marks = word | (alike & ((length == 1) | ~genders)) | are_nicknames(short, long)
    last: Marks = word | alike | left_out
    return first, last


def _words(name: str) -> set[str]:
    """Return the words of a double name; von Berg and von Stein share none."""
    return {*name.split(" ")} - _PARTICLES
