"""One spelling per identifier, whatever a source writes."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.identifiers import (
    ID_TYPES,
    IdentifierRules,
    normalize_emails,
    normalize_persons,
    normalize_phones,
    person_type,
)
from ingest.identifiers.person import QUALIFIED_TYPES

RULES = IdentifierRules(namespace="crm", namespaces={"user_id": "shop"}, region="DE")


def emails(*values: str | None, rules: tuple[str, ...] = ()) -> list[str | None]:
    return normalize_emails(pl.Series(values, dtype=pl.String), rules).to_list()


def phones(*values: str | None, region: str = "DE") -> list[str | None]:
    return normalize_phones(pl.Series(values, dtype=pl.String), region).to_list()


def persons(*values: str | None) -> list[str | None]:
    return normalize_persons(pl.Series(values, dtype=pl.String), RULES).to_list()


def test_case_blanks_names_and_brackets_do_not_matter() -> None:
    spellings = ["JANE@X.com", " jane@x.com ", "Jane <jane@x.com>", "mailto:jane@x.com?subject=a"]

    assert set(emails(*spellings)) == {"jane@x.com"}


def test_what_nobody_sees_does_not_matter() -> None:
    spellings = [f"{c}ja{c}ne@x.com{c}" for c in "\u200b\ufeff\u00ad\u2060\u200e\u202a\u2069"]

    assert set(emails(*spellings, "Jane <jane@x.com\u200b>")) == {"jane@x.com"}


def test_what_people_and_exports_put_around_an_address_does_not_matter() -> None:
    spellings = [
        "jane@x.com,", "jane@x.com;", "'jane@x.com'", '"jane@x.com"', "E-Mail: jane@x.com",
        "SMTP:jane@x.com", "jane@x.com (work)", '"jane"@x.com', '"Doe, Jane" <jane@x.com>',
        '"jane@x.com" <jane@x.com>', "jane@x.com <mailto:jane@x.com>",
    ]  # fmt: skip

    assert set(emails(*spellings)) == {"jane@x.com"}
    # a quoted part that needs the quotes keeps them
    assert emails('"jane doe"@x.com', "o'hara@x.com") == ['"jane doe"@x.com', "o'hara@x.com"]


def test_two_named_addresses_are_no_single_one() -> None:
    assert emails("Jane <jane@x.com>, Joe <joe@x.com>") == [None]


def test_international_domains_have_one_form() -> None:
    assert emails("a@MÜNCHEN.de", "a@xn--mnchen-3ya.de") == ["a@xn--mnchen-3ya.de"] * 2


def test_sharp_s_is_not_double_s() -> None:
    assert emails("a@straße.de") != emails("a@strasse.de")


def test_composed_and_decomposed_letters_are_one_address() -> None:
    assert len(set(emails("jos\u00e9@x.com", "jose\u0301@x.com"))) == 1


def test_what_is_no_single_address_is_null() -> None:
    assert emails("nope", "a@b@c.de", "a@b.de, c@d.de", "@x.com", "a@", "", None) == [None] * 7


def test_provider_rules_are_off_unless_asked_for() -> None:
    assert emails("J.Doe+x@googlemail.com") == ["j.doe+x@googlemail.com"]
    assert emails("J.Doe+x@googlemail.com", rules=("gmail",)) == ["jdoe@gmail.com"]
    assert emails("J.Doe+x@example.com", rules=("gmail",)) == ["j.doe+x@example.com"]


@given(
    st.lists(
        st.from_regex(r"[a-zA-Z0-9._%+\-@ <>:?é\"]{0,12}@[a-zA-Z0-9._\-]{0,8}", fullmatch=True)
    )
)
def test_what_is_plain_already_is_what_all_steps_make_of_it(values: list[str]) -> None:
    # with a rule of a provider every address takes every step
    assert emails(*values) == emails(*values, rules=("gmail",))


def test_phone_spellings_become_e164() -> None:
    spellings = ["030 1234567", "+49 (30) 1234567", "0049301234567", "tel:+49-30-1234567"]

    assert set(phones(*spellings)) == {"+49301234567"}
    assert phones("(415) 555-2671", region="US") == ["+14155552671"]


def test_extensions_and_nonsense_are_no_phone_numbers() -> None:
    assert phones("101", "x", "", "9" * 300, None) == [None] * 5


def test_a_number_without_the_plus_is_none_of_another_town() -> None:
    assert phones("4915112345678", "49 151 12345678", "4930901820") == [
        "+4915112345678", "+4915112345678", "+4930901820"
    ]  # fmt: skip
    # of Leer
    assert phones("4917123", "0491 7123") == ["+494917123"] * 2


@pytest.mark.parametrize("others", [0, 300])
def test_a_number_that_a_table_has_held_as_an_amount_has_no_digit_more(others: int) -> None:
    # many are read as a column, few one by one
    numbers = ["491715556667.0", "01715556667.0", *(f"030 90{n:05}" for n in range(others))]

    assert phones(*numbers)[:2] == ["+491715556667"] * 2


def test_words_behind_a_number_are_no_digits_of_it() -> None:
    assert phones("+49 30 901820 Anna", "+49 30 901820 (Büro)") == ["+4930901820"] * 2
    assert phones("1-800-FLOWERS", "+1 800 FLOWERS", region="US") == ["+18003569377"] * 2


def test_of_several_numbers_in_a_field_the_first_counts() -> None:
    written = ["030 901820 / 0171 5556667", "030 901820; 0171 5556667", "030 901820, 0171 5556667",
               "030 901820 oder 0171 5556667", "030 901820\n0171 5556667"]  # fmt: skip

    assert phones(*written) == ["+4930901820"] * len(written)


def test_a_long_field_is_read_in_time_that_grows_with_it() -> None:
    # a pattern that looks for blanks from each of them took 15 s for 20,000, an hour for these
    blanks = " " * 300_000

    read = normalize_phones(
        pl.Series(
            [f"1{blanks}x", f"030 901820{blanks};", f"030 901820{blanks}Anna", "1 " * 300_000]
        ),
        "DE",
    )

    assert read.to_list() == [None, "+4930901820", "+4930901820", None]


def test_mexican_mobile_numbers_have_one_form() -> None:
    assert (
        phones("+52 1 55 1234 5678", "+52 55 1234 5678", "5215512345678", region="MX")
        == ["+525512345678"] * 3
    )


def test_ids_of_systems_get_their_namespace_and_others_do_not() -> None:
    assert persons("email:A@b.de", "phone:030 1234567", "user_id:17", "contact:003", "lead:9") == [
        "email:a@b.de",
        "phone:+49301234567",
        "user_id:shop:17",
        "contact:crm:003",
        "lead:crm:9",
    ]


def test_an_untyped_or_unknown_person_is_null() -> None:
    assert persons("17", "tweet:x", "email:nope", "user_id:", None) == [None] * 5


def test_digits_alone_are_a_user_id_and_no_phone_number() -> None:
    values = ["17850", "4930123456789", "+49 30 123456", "(030) 123456", "a@b.de", "x-1"]
    types = pl.DataFrame({"v": values}).select(person_type(pl.col("v"))).to_series().to_list()

    assert types == ["user_id", "user_id", "phone", "phone", "email", "user_id"]


@given(st.lists(st.text(max_size=60), max_size=8))
def test_normalising_mail_twice_changes_nothing(values: list[str]) -> None:
    once = emails(*values)

    assert emails(*once) == once


@given(st.text(alphabet='aB.@<>+ é\u0301ßÄ\u3002"()', max_size=30))
def test_no_spelling_of_an_address_is_an_error(value: str) -> None:
    once = emails(value)

    assert emails(*once) == once


@given(st.text(alphabet="+0123456789 ()-/.x#;ext", max_size=25), st.sampled_from(["DE", "US"]))
def test_normalising_a_number_twice_changes_nothing(value: str, region: str) -> None:
    once = phones(value, region=region)

    assert phones(*once, region=region) == once


@given(st.sampled_from([*ID_TYPES, "foo"]), st.text(max_size=30))
def test_no_person_is_an_error(id_type: str, value: str) -> None:
    (result,) = persons(f"{id_type}:{value}")

    assert result is None or result.startswith(f"{id_type}:")


@given(
    st.sampled_from(QUALIFIED_TYPES),
    st.lists(st.one_of(st.none(), st.text(alphabet="a1: \t|_É", max_size=6)), max_size=6),
)
def test_persons_of_one_type_get_the_same_form_as_among_others(
    id_type: str, values: list[str | None]
) -> None:
    typed = [None if value is None else f"{id_type}:{value}" for value in values]

    assert persons(*typed) == persons(*typed, "email:a@b.de")[:-1]


@pytest.mark.parametrize("count", [0, 1])
def test_empty_columns_stay_empty(count: int) -> None:
    assert persons(*[None] * count) == [None] * count
    assert emails(*[None] * count) == [None] * count
