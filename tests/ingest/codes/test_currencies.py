"""A currency is its code, however it is written; what is of several stays as it is."""

from __future__ import annotations

import polars as pl
import pytest
from babel.numbers import get_currency_symbol, list_currencies

from ingest.codes.currencies import SIGNS, currency_codes


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("EUR", "EUR"),
        ("eur", "EUR"),
        (" Usd ", "USD"),
        ("€", "EUR"),
        ("Euro", "EUR"),
        ("£", "GBP"),
        ("US$", "USD"),
        ("zł", "PLN"),
        ("$", "$"),
        ("kr", "kr"),
        ("¥", "¥"),
        ("Dollars", "Dollars"),
        ("", ""),
        (None, None),
    ],
)
def test_a_code_in_any_case_and_a_sign_of_one_currency_are_the_code(written, code):
    assert currency_codes(pl.Series([written, "CHF"], dtype=pl.String)).to_list() == [code, "CHF"]


def test_no_sign_is_of_another_currency():
    """As the Unicode consortium has them, in the languages of those who use them and in English."""
    known = list_currencies()
    meant: dict[str, set[str]] = {}
    for code in known:
        for language in ("en", "de", "fr", "cs", "pl", "hu", "bg", "tr", "ru", "uk", "pt_BR"):
            meant.setdefault(get_currency_symbol(code, language).lower(), set()).add(code)

    assert set(SIGNS.values()) <= known
    # the Maltese, Irish and other pounds are no more
    assert {
        sign: meant[sign]
        for sign, code in SIGNS.items()
        if sign in meant and code not in meant[sign]
    } == {}
