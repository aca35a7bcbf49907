"""Streets that are written in several ways."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_ml.identity.matching.streets import numbers_last, street_words


def compared(*streets: str | None) -> list[str | None]:
    found = pl.DataFrame({"street": streets}, schema={"street": pl.String})
    return (
        found.with_columns(street=street_words(pl.col("street")))
        .select(numbers_last(pl.col("street")))
        .to_series()
        .to_list()
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("570 fourth st.", "570 4th Street", "th4 str 570"),
        ("First Avenue 12", "12 1st ave", "th1 av 12"),
        ("20 W. Twenty-First St", "20 West 21st Street", "w th21 str 20"),
        ("Thirtieth Road 3", "3 30th Rd.", "th30 rd 3"),
        ("854 7th ave.  between 54th and 55th sts.", "854 Seventh Ave.", "th7 av 854"),
        ("Hauptstraße 5", "5 Hauptstr.", "hauptstr 5"),
        ("Marienplatz 3", "Marienpl. 3", "marienpl 3"),
        ("Schönhauser Strasse 12a", "12a Schönhauser Str", "schonhauser str 12a"),
        ("12, rue Saint-Germain", "12 rue St. Germain", "rue str germain 12"),
        ("3 avenue de la 2ème DB", "3 av. de la deuxième DB", "av de la th2 db 3"),
        ("Calle Mayor 4", "C/ Mayor, 4", "c mayor 4"),
        ("Avenida de América 7", "Avda. de América 7", "av de america 7"),
        ("12 NE Oak Ter", "12 Northeast Oak Terrace", "ne oak tce 12"),
        ("3 Oak Hts.", "3 Oak Heights", "oak hts 3"),
        ("3 Oak Tpke", "3 Oak Turnpike", "oak tpke 3"),
        ("3 all. des Pins", "3 allée des Pins", "all des pins 3"),
        ("V.le Roma 3", "Viale Roma, 3", "vle roma 3"),
        ("P.zza Roma 3", "Piazza Roma 3", "pl roma 3"),
        ("Pso. Castellana 3", "Paseo Castellana 3", "po castellana 3"),
        ("Pça. do Comércio 1", "Praça do Comércio 1", "pca do comercio 1"),
        ("Kerkstr. 3", "Kerkstraat 3", "kerkstr 3"),
        ("Burgg. 3", "Burggasse 3", "burgg 3"),
        ("Storg. 3", "Storgatan 3", "storg 3"),
        ("al. Jana 3", "aleja Jana 3", "al jana 3"),
        ("улица Ленина 5", "ul. Lenina 5", "ul lenina 5"),
    ],
)
def test_spellings_of_one_street_are_one(one: str, other: str, expected: str):
    assert compared(one, other) == [expected, expected]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4 12th Street", "12 4th Street"),
        ("Hauptstr. 2", "Hauptstr. 2e"),
        ("Erste Gasse 1", "Gasse 1"),
        ("Straße des 17. Juni 135", "Straße des 1. Juni 735"),
    ],
)
def test_other_streets_and_houses_stay_others(one: str, other: str):
    first, second = compared(one, other)

    assert first != second


def test_a_street_of_such_words_only_is_one_and_nothing_stays_nothing():
    assert compared("First First St", "Platz", "12 Strasse", "In the Park at Main St.") == [
        "th1 th1 str", "pl", "str 12", "in the park at main str",
    ]  # fmt: skip
    assert compared(None, "", " - ") == [None, None, None]


_UNITS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_TEENS = [
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_TENS = ["twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet"]
_ORDINALS = [
    *_UNITS,
    *_TEENS,
    *(word for ten in _TENS for word in (f"{ten}ieth", *(f"{ten}y-{unit}" for unit in _UNITS))),
]


@given(st.integers(1, 99), st.sampled_from(["Street", "st.", "ST"]), st.integers(1, 2000))
def test_an_ordinal_number_is_one_in_words_and_in_digits(number, street, house):
    is_teen = number // 10 == 1
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    written = [f"{house} {how} {street}" for how in (_ORDINALS[number - 1], f"{number}{ending}")]

    assert compared(*written) == [f"th{number} str {house}"] * 2


_WORDS = st.sampled_from(
    [
        "12",
        "3a",
        "fourth",
        "4th",
        "St.",
        "Street",
        "Hauptstraße",
        "ave",
        "at",
        "near",
        "de",
        "Ж",
        "-",
    ]
)


@given(st.lists(_WORDS, max_size=6), st.sampled_from([" ", "  ", ", ", " / "]))
def test_what_is_compared_does_not_change_again_nor_with_blanks_and_capitals(words, between):
    street = " ".join(words)

    found = compared(street)[0]

    assert compared(between.join(words).upper())[0] == found
    # the house number is behind the street then
    if "near" not in words:
        assert compared(found)[0] == found
