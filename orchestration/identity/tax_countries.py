"""A tax number and the country of its record in, the number with that country's letters out.

In DuckDB's words, as ``orchestration.identity.tax_numbers``.

Only a number of a form that is used in that country gets its letters: nine digits of a company in
Italy, where numbers have eleven, are of another country, and stay as they are. Forms are those of
python-stdnum, of numbers for the tax and of the registers of companies; of a country that is not
among them every number of five digits or more gets its letters, so that it joins no other's.
"""

from __future__ import annotations

from models_ml.identity.guards import Guards
from orchestration.identity.tax_numbers import one_spelling

_FORMS = {
    "AE": "[0-9]{15}", "AR": "[0-9]{11}", "AT": "[0-9]{8,9}", "AU": "[0-9]{9}|[0-9]{11}",
    "BE": "[0-9]{9,10}", "BG": "[0-9]{9,10}", "BR": "[0-9]{11}|[0-9]{14}", "CA": "[0-9]{9}",
    "CH": "[0-9]{9}", "CL": "[0-9]{7,8}[0-9K]", "CN": "[0-9]{15}|[0-9][0-9A-Z]{17}",
    "CO": "[0-9]{9,10}", "CY": "[0-9]{8}[A-Z]", "CZ": "[0-9]{8,10}",
    "DE": "[0-9]{9,11}|[0-9]{13}", "DK": "[0-9]{8}", "EE": "[0-9]{8,9}",
    "ES": "[0-9]{8}[A-Z]", "FI": "[0-9]{8}",
    "FR": "[0-9]{9}|[0-9]{11}|[0-9]{14}|[0-9][A-HJ-NP-Z][0-9]{9}|[A-HJ-NP-Z][0-9]{10}",
    "GB": "[0-9]{8,10}|[0-9]{12}", "GR": "[0-9]{8,9}", "HK": "[0-9]{8}",
    "HR": "[0-9]{8,9}|[0-9]{11}",
    "HU": "[0-9]{8}|[0-9]{10,11}", "ID": "[0-9]{15,16}",
    "IE": "[0-9]{6}|[0-9]{7}[A-W][A-I]?|[0-9][A-Z][0-9]{5}[A-W]", "IL": "[0-9]{9}",
    "IN": "[0-9]{2}[0-9A-Z]{13}", "IS": "[0-9]{5,6}|[0-9]{10}", "IT": "[0-9]{11}",
    "JP": "[0-9]{12,13}", "KR": "[0-9]{10}|[0-9]{13}", "LT": "[0-9]{9}|[0-9]{12}",
    "LU": "[0-9]{8}", "LV": "[0-9]{11}", "MT": "[0-9]{8}", "MY": "[0-9]{12}",
    "NL": "[0-9]{8,9}", "NO": "[0-9]{9}", "NZ": "[0-9]{8,9}|[0-9]{13}", "PE": "[0-9]{11}",
    "PH": "[0-9]{9}|[0-9]{12}", "PL": "[0-9]{9,10}|[0-9]{14}", "PT": "[0-9]{9}",
    "RO": "[0-9]{6,10}", "RS": "[0-9]{8,9}", "RU": "[0-9]{10}|[0-9]{12,13}",
    "SA": "[0-9]{10}|[0-9]{15}", "SE": "[0-9]{10}|[0-9]{12}", "SG": "[0-9]{8,9}[A-Z]",
    "SI": "[0-9]{7,8}", "SK": "[0-9]{8}|[0-9]{10}", "TH": "[0-9]{13}", "TR": "[0-9]{10}",
    "TW": "[0-9]{8}", "UA": "[0-9]{8}|[0-9]{10}|[0-9]{12}", "US": "[0-9]{9}",
    "VN": "[0-9]{10}|[0-9]{13}", "ZA": "[0-9]{10}",
}  # fmt: skip
"""By ISO 3166 code. All begin with a digit, but for French ones with a letter in their key: a
number with the letters of another country is of none of these forms."""

_ALL_FORMS = "|".join(f"{code}(?:{form})" for code, form in _FORMS.items())
_LISTED = ", ".join(f"'{code}'" for code in _FORMS)


NAMES_NOBODY = "names_nobody"
"""Parameter of the query: ``blocked_numbers``."""


def blocked_numbers(guards: Guards) -> str:
    """Return the regular expression of what is a number of nobody; it matches none if none is."""
    return "|".join(f"(?:{one})" for one in (*guards.blocked_values, *guards.blocked_tax_numbers))


def of_country(number: str, country: str) -> str:
    """Return the SQL of a number with the letters of its record's country, in their one spelling.

    ``136695976`` of a German company is ``DE136695976``. Null where the number has letters
    already, is of no form of that country, or names nobody (``$names_nobody``): letters make no
    placeholder a number.

    Parameters
    ----------
    number
        SQL of the number as it was written.
    country
        SQL of the ISO 3166 code.
    """
    bare, code = one_spelling(number), f"upper({country})"
    return (
        f"if((regexp_full_match({code} || {bare}, '{_ALL_FORMS}') "
        f"or {code} not in ({_LISTED}) and regexp_full_match({bare}, '[0-9]{{5,}}')) "
        f"and not regexp_full_match(lower({bare}), ${NAMES_NOBODY}), "
        f"{one_spelling(f'{code} || {bare}')}, null)"
    )


def as_written(number: str, country: str) -> str:
    """Return the SQL of a number without the letters of its record's country.

    A record elsewhere that states no country has it like this. Null where the number with them is
    more than letters before it (``40303265045`` is ``FR303265045``): that would be another one.
    """
    bare, lettered = one_spelling(number), of_country(number, country)
    return f"if(regexp_replace({lettered}, '^[A-Z]{{2,3}}', '') <> {bare}, null, {bare})"
