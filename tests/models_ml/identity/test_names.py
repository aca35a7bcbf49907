"""Which names can be one person's."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_ml.identity.folding import folded
from models_ml.identity.names import (
    AGREES,
    DIFFERS,
    NOT_STATED,
    agreement,
    numbered_names,
)
from models_ml.identity.similarity import jaro_winkler, one_edit_apart

Name = tuple[str | None, str | None]


def judged(*pairs: tuple[Name, Name]) -> list[tuple[bool | None, bool | None]]:
    """Return whether first and last names of each two agree, None where one is not stated."""
    stated = pl.DataFrame(
        [name for pair in pairs for name in pair],
        schema={"first": pl.String, "last": pl.String},
        orient="row",
    ).with_columns(folded(pl.all()), birth_date=pl.lit(None, dtype=pl.Date))
    numbers, names = numbered_names(stated)
    words = {AGREES: True, DIFFERS: False, NOT_STATED: None}
    first, last = agreement(names, numbers[::2], numbers[1::2])
    return [(words[a], words[b]) for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def compared(a: Name, b: Name) -> tuple[bool | None, bool | None]:
    return judged((a, b))[0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("Jürgen", "Müller"), ("Juergen", "MUELLER")),
        (("Stephan", "Strauß"), ("Stefan", "Strauss")),
        (("Kathrin", "Wolf"), ("Katrin", "Wolf")),
        (("A.", "Berg"), ("Anna", "Berg")),
        (("Max", "Berg"), ("Maximilian", "Berg")),
        (("Anna Maria", "Berg-Lang"), ("Anna", "Berg")),
        (("Dr. Anna", "von Berg"), ("Anna", "Berg")),
        (("Berg", "Anna"), ("Anna", "Berg")),
        (("Thmoas", "Schmidt"), ("Thomas", "Schmitd")),
        (("Dmitri", "Pfeiffer"), ("Dmitri", "Pfiffer")),
        (("Łukasz", "Šimić"), ("Lukasz", "Simic")),
    ],
)
def test_spellings_of_one_name_agree(a, b):
    assert compared(a, b) == compared(b, a) == (True, True)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Anna", "Otto"),
        ("Maria", "Mario"),
        ("Daniel", "Daniela"),
        ("Andrea", "Andreas"),
        ("Christian", "Christina"),
        ("Jan", "Jana"),
        ("Stefan", "Stefanie"),
    ],
)
def test_names_of_two_people_do_not_agree(a, b):
    assert compared((a, "Berg"), (b, "Berg")) == compared((b, "Berg"), (a, "Berg")) == (False, True)


def test_von_berg_and_von_stein_are_two_names():
    assert compared(("Ida", "von Berg"), ("Ida", "von Stein")) == (True, False)


def test_a_name_not_stated_is_unknown():
    assert compared((None, "Berg"), ("Anna", "Berg")) == (None, True)
    assert compared(("-", " "), ("Anna", "Berg")) == (None, None)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("martha", "marhta", 0.9611),
        ("dwayne", "duane", 0.84),
        ("dixon", "dicksonx", 0.8133),
        ("same", "same", 1.0),
        ("abc", "xyz", 0.0),
        ("", "", 0.0),
    ],
)
def test_similarity_is_as_published(a, b, expected):
    assert jaro_winkler([a], [b])[0] == pytest.approx(expected, abs=5e-5)


@given(st.lists(st.tuples(st.text("abc", max_size=8), st.text("abc", max_size=8)), max_size=20))
def test_similarity_is_symmetric_bounded_and_one_for_equals(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]

    scores = jaro_winkler(a, b)

    assert ((scores >= 0) & (scores <= 1)).all()
    assert jaro_winkler(b, a) == pytest.approx(scores)
    assert all(score == 1 for x, y, score in zip(a, b, scores, strict=True) if x == y != "")


@given(st.text("abc", min_size=1, max_size=8), st.integers(0, 7), st.sampled_from("abc"))
def test_one_letter_more_less_or_other_is_one_edit(name, place, letter):
    place = min(place, len(name) - 1)
    edited = [
        name,
        name[:place] + letter + name[place:],
        name[:place] + name[place + 1 :],
        name[:place] + letter + name[place + 1 :],
    ]

    assert one_edit_apart([name] * 4, edited).all()


def test_two_letters_are_two_edits():
    assert one_edit_apart(["abcd", "ab", "aba"], ["dbca", "abcd", "bab"]).tolist() == [False] * 3


def test_what_other_pairs_hold_does_not_fill_in_a_name_that_is_not_stated():
    anna = ("anna", "berg")

    assert judged((anna, anna), (anna, (None, "berg"))) == [(True, True), (None, True)]
