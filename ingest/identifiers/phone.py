"""Phone numbers in any spelling in; E.164 (``+49301234567``) out."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
import polars as pl

from ingest.identifiers.distinct import map_distinct
from ingest.identifiers.plain_phones import FRACTION, PREFIXES, SHORTEST, plain_phones

_BETWEEN = re.compile(r"[;,|\n]|\s/\s|\s(?:or|oder|ou|und|and)\s")
"""What stands between two numbers of one field."""

_WORDS = re.compile(r"^([^a-z]*\d)\s+\(?[^\W\d_][^\d]*$", re.IGNORECASE)
"""Words behind a number, such as a name: on the keys of a telephone they would be digits of it."""
_MOST_BEFORE_LETTERS = 8
"""Digits before letters that are part of the number: 1-800-FLOWERS, 0800 1234 TAXI."""

_FIRST_OF_CODES = frozenset("123456789")

_MEXICAN_MOBILE = re.compile(r"\+521(\d{10})")
"""With the 1 that was dialled before mobile numbers until 2019, and that WhatsApp still writes."""

_FEW = 200
"""Numbers that are read one by one in the time that a column of them takes."""


def normalize_phones(values: pl.Series, region: str) -> pl.Series:
    """Bring numbers into E.164; null where a value is no possible number.

    Possible, not valid: numbers of new ranges and of examples must not get lost; but not
    without an area code. An extension is dropped, since E.164 has none.

    Parameters
    ----------
    region
        ISO 3166 code assumed for numbers without a country code.
    """
    return map_distinct(values, lambda distinct: _normalize(distinct, region))


def normalize_phones_by_country(values: pl.Series, countries: pl.Series, region: str) -> pl.Series:
    """Read a number without country code as one of the row's own country, if it has one.

    Parameters
    ----------
    countries
        ISO 3166 codes in either case; what is none counts as ``region``.
    """
    regions = pl.Series(sorted(phonenumbers.SUPPORTED_REGIONS))
    home = countries.str.to_uppercase()
    home = home.set(~home.is_in(regions.implode()).fill_null(value=False), region)
    numbers = pl.repeat(None, len(values), dtype=pl.String, eager=True)
    for country in home.filter(values.is_not_null()).unique():
        places = (home == country).arg_true()
        numbers = numbers.scatter(places, normalize_phones(values.gather(places), country))
    return numbers.alias(values.name)


def _normalize(distinct: pl.Series, region: str) -> pl.Series:
    if len(distinct) < _FEW:
        return pl.Series([e164(value, region) for value in distinct], dtype=pl.String)
    numbers = plain_phones(distinct, region)
    is_left = numbers.is_null()
    left = [e164(value, region) for value in distinct.filter(is_left)]
    return numbers.scatter(is_left.arg_true(), pl.Series(left, dtype=pl.String))


@lru_cache(maxsize=262_144)
def e164(value: str, region: str) -> str | None:
    """Return one number as E.164, or None; remembered, since numbers come again and again."""
    text = value.strip()
    for prefix in PREFIXES:
        if text[: len(prefix)].lower() == prefix:
            text = text[len(prefix) :].strip()
    if "." in text:
        text = FRACTION.sub(r"\1", text)
    named = None if text[-1:].isdigit() else _WORDS.match(text)
    if named and sum(map(str.isdigit, named[1])) > _MOST_BEFORE_LETTERS:
        text = named[1]
    found = _one(text, region)
    if found is not None:
        return found
    # only now, for an extension has a comma before it, too
    between = _BETWEEN.search(text)
    return None if between is None else _one(text[: between.start()].rstrip(), region)


def _one(text: str, region: str) -> str | None:
    attempts = [text]
    if text.startswith("00"):
        # 00 is the international prefix of most countries, but not of every default region
        attempts.append("+" + text[2:])
    for attempt in attempts:
        try:
            number = phonenumbers.parse(attempt, region)
        except phonenumbers.NumberParseException:
            continue
        if attempt[:1] in _FIRST_OF_CODES:
            number = _without_second_code(number, attempt, region)
        possible = phonenumbers.is_possible_number_with_reason(number)
        text = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        if mexican := _MEXICAN_MOBILE.fullmatch(text):
            return f"+52{mexican[1]}"
        if possible == phonenumbers.ValidationResult.IS_POSSIBLE and len(text) > SHORTEST:
            return text
    return None


def _without_second_code(
    number: phonenumbers.PhoneNumber, written: str, region: str
) -> phonenumbers.PhoneNumber:
    """Return the mobile number that is written with its calling code, but without the plus.

    Where numbers have no fixed length, as in Germany, 4915112345678 could also be one of Leer.
    """
    code = str(phonenumbers.country_code_for_region(region))
    national = str(number.national_number)
    if not written.startswith(code) or not national.startswith(code):
        return number
    other = phonenumbers.PhoneNumber(
        country_code=number.country_code, national_number=int(national[len(code) :] or 0)
    )
    is_mobile = phonenumbers.number_type(other) == phonenumbers.PhoneNumberType.MOBILE
    long = len(national) - len(code) > _MOST_BEFORE_LETTERS
    return other if is_mobile and long else number
