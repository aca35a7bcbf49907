"""Names, towns, streets and companies in two scripts."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from identity_cases import GUARDS
from matching_cases import matched, stated

from models_ml.identity.folding import folded
from models_ml.identity.matching.profiles import profiles_of
from models_ml.identity.organizations import core_name
from models_ml.identity.scripts import latin


def in_latin(*texts: str) -> list[str]:
    return pl.DataFrame({"text": texts}).select(latin(pl.col("text"))).to_series().to_list()


def name(text: str) -> str | None:
    return pl.select(folded(pl.lit(text))).item()


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Иванов", "ivanov"),
        ("Ольга", "olga"),
        ("СЕРГЕЙ", "sergey"),
        ("Νίκος", "nikos"),
        ("Παπαδόπουλος", "papadopoylos"),
        ("王", "wang"),
        ("김철수", "gimcheolsu"),
        ("हिन्दी", "hindi"),
        ("Արամ", "aram"),
        ("Yıldız", "yildiz"),
        ("Þór", "thor"),
        ("Müller", "muller"),
        ("O'Brien", "o brien"),
    ],
)
def test_names_are_compared_in_latin_letters(written: str, compared: str):
    assert name(written) == compared


def test_a_letter_may_be_written_in_one_sign_or_in_two():
    for text in ("Сергей", "Хрущёв", "ガス", "Müller"):
        one, two = (name(unicodedata.normalize(form, text)) for form in ("NFC", "NFD"))
        assert one == two


def test_towns_streets_and_companies_are_compared_in_latin_letters_too():
    profile = profiles_of(
        stated({"city": "Київ", "street": "Хрещатик 22", "company": "Ромашка ООО"}), GUARDS
    )

    assert profile.select("city", "street", "company").row(0) == (
        "kiiv", "khreshchatik 22", "romashka",
    )  # fmt: skip
    assert pl.select(core_name(pl.lit("Ромашка"))).item() == "romashka"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Сергей", "Иванов"), ("Sergei", "Ivanov")),
        (("Дмитрий", "Щербаков"), ("Dmitry", "Shcherbakov")),
        (("Юлия", "Хрущёва"), ("Yulia", "Khrushcheva")),
        (("Γιώργος", "Γεωργίου"), ("Giorgos", "Georgiou")),
        (("小明", "王"), ("Xiaoming", "Wang")),
    ],
)
def test_one_person_in_two_scripts_is_found_by_name_and_birth_date(one, other):
    records = stated(
        *(
            {"identifier": f"contact:crm:{n}", "first_name": first, "last_name": last}
            for n, (first, last) in enumerate((one, other))
        )
    ).with_columns(birth_date=pl.lit("1980-03-01").str.to_date())

    assert (matched(records)["probability"] > 0.8).to_list() == [True]


def test_two_names_of_one_script_stay_two():
    records = stated(
        {"identifier": "contact:crm:1", "first_name": "Сергей", "last_name": "Иванов"},
        {"identifier": "contact:crm:2", "first_name": "Ольга", "last_name": "Петрова"},
    ).with_columns(birth_date=pl.lit("1980-03-01").str.to_date())

    assert matched(records).is_empty()


@given(st.lists(st.text(), max_size=8))
def test_what_is_in_latin_letters_stays_and_others_follow_from_the_text_alone(texts):
    found = in_latin(*texts) if texts else []

    assert found == [one for text in texts for one in in_latin(text)]
    assert all(one == text for one, text in zip(found, texts, strict=True) if text.isascii())


@given(st.text(st.characters(categories=["Lu", "Ll", "Lt", "Lo"]), min_size=1, max_size=8))
@example("\N{HEBREW LETTER AYIN}")
@example("\N{CYRILLIC SMALL LETTER SOFT SIGN}")
@example("\N{ANATOLIAN HIEROGLYPH A111}")
def test_no_name_of_letters_is_lost(text):
    assert name(f"{text} Berg") is not None
    assert any(letter.isalpha() for letter in in_latin(text)[0])


@given(st.text())
def test_a_text_in_latin_letters_is_not_changed_again(text):
    once = in_latin(text)

    assert in_latin(*once) == once
