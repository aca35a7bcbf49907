"""The quick way of reading phone numbers gives what libphonenumber gives, or nothing."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.identifiers import normalize_phones
from ingest.identifiers.phone import e164
from ingest.identifiers.plain_phones import plain_phones

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = sorted(set(phonenumbers.PhoneNumberType.values()) - {phonenumbers.PhoneNumberType.UNKNOWN})
FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
)


def examples(region: str) -> list[phonenumbers.PhoneNumber]:
    """Return the numbers that libphonenumber gives as examples of a region."""
    found = (phonenumbers.example_number_for_type(region, kind) for kind in KINDS)
    return [number for number in found if number is not None]


def spellings(region: str) -> list[str]:
    """Return every example of a region in every form, as dialled from abroad, and cut short."""
    texts = []
    for number in examples(region):
        bare = phonenumbers.national_significant_number(number)
        texts += [phonenumbers.format_number(number, form) for form in FORMATS]
        texts += [bare, "0" + bare, bare[:-2], bare + "12", f"+{number.country_code} (0) {bare}"]
        texts += [f"00{number.country_code}{bare}", f"{number.country_code} {bare}"]
    return texts


ALL = sorted({text for region in REGIONS for text in spellings(region)})


@pytest.mark.parametrize("region", ["DE", "GB", "US", "FR", "IT", "BR", "AR", "MX", "JP", "KZ"])
def test_what_it_reads_is_what_libphonenumber_reads(region: str) -> None:
    some = ALL[:: len(ALL) // 1000]
    texts = [*spellings(region), *some]
    found = plain_phones(pl.Series(texts), region).to_list()

    wrong = {
        text: (number, e164(text, region))
        for text, number in zip(texts, found, strict=True)
        if number is not None and number != e164(text, region)
    }

    assert wrong == {}


def test_of_whole_numbers_most_need_no_other_look() -> None:
    texts = [phonenumbers.format_number(n, FORMATS[1]) for n in examples("DE") + examples("US")]
    texts += [phonenumbers.format_number(n, FORMATS[2]) for n in examples("DE")]

    found = plain_phones(pl.Series(texts), "DE")

    assert found.null_count() <= len(texts) / 10


digits = st.text(alphabet="0123456789", min_size=4, max_size=15)
written = st.one_of(
    digits,
    digits.map("+{}".format),
    digits.map("00{}".format),
    st.sampled_from(ALL),
    st.text(alphabet="+0123456789 ()/-.x#,;*", max_size=18),
    st.builds("{}{}".format, st.sampled_from(["tel:", "whatsapp:", " ", "Phone: "]), digits),
)


@given(st.lists(written, max_size=20), st.sampled_from(REGIONS))
@example(["+4900905", "(030) 123456", "(+49) 30 123456", "+49 (0)30 123456", "tel:tel:030"], "DE")
@example(["0049 30 123456", "000493012345", "110", "49", "", "+", "030 123 456 x7"], "DE")
def test_whatever_is_written(texts: list[str], region: str) -> None:
    found = plain_phones(pl.Series(texts, dtype=pl.String), region).to_list()

    assert found == [
        None if number is None else e164(text, region)
        for text, number in zip(texts, found, strict=True)
    ]


def test_long_columns_and_short_ones_give_the_same() -> None:
    texts = pl.Series("phone", ALL[:: len(ALL) // 600])

    long = normalize_phones(texts, "DE")

    assert len(texts) > 500
    assert long.to_list() == [e164(text, "DE") for text in texts]
