"""What a person is called in one field becomes first and last name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.person_names import split_name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("Anna Maria Berg", "Anna Maria", "Berg"),
        ("Cher", "Cher", None),
        ("", None, None),
        (None, None, None),
        # as Outlook and many directories write it
        ("Doe, Jane", "Jane", "Doe"),
        ("Müller, Hans-Peter", "Hans-Peter", "Müller"),
        ("von der Leyen, Ursula", "Ursula", "von der Leyen"),
        ("Berg, Anna von der", "Anna", "von der Berg"),
        ("Jane Doe Jr.", "Jane", "Doe Jr."),
        ("Jane Doe, PhD", "Jane", "Doe PhD"),
        ("Dr. Jane Doe", "Jane", "Doe"),
        ("Prof. Dr. Anna van der Berg", "Anna", "van der Berg"),
        ("Herr Müller", None, "Müller"),
        ("Mr. Doe", None, "Doe"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Juan de la Cruz", "Juan", "de la Cruz"),
        ("van der Berg", None, "van der Berg"),
        # written large it is a name like any other
        ("Nguyen Van An", "Nguyen Van", "An"),
        ("Li Bin", "Li", "Bin"),
        ("Acme, Inc.", "Acme", "Inc."),
        ("Dr.", "Dr.", None),
        ("a, b, c", "a, b,", "c"),
    ],
)
def test_a_name_is_split_where_people_would(
    name: str | None, first: str | None, last: str | None
) -> None:
    assert split_name(name) == (first, last)


@given(st.text(st.sampled_from("aB ,.ü-"), max_size=20))
def test_no_word_but_a_title_is_lost_or_made(name: str) -> None:
    said = " ".join(part for part in split_name(name) if part)

    assert sorted(re.findall(r"[^\s,]+", said)) == sorted(re.findall(r"[^\s,]+", name))


@given(
    st.sampled_from(["Jane", "Anna Maria", "Hans-Peter"]),
    st.sampled_from(["Doe", "van der Berg", "O'Neill", "Doe Jr."]),
    st.sampled_from(["{0} {1}", "{1}, {0}", "Dr. {0} {1}", " {0}  {1} "]),
)
def test_however_it_is_written_it_is_the_same_name(first: str, last: str, form: str) -> None:
    assert split_name(form.format(first, last)) == (first, last)
