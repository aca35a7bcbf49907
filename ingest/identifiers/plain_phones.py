"""Phone numbers in digits and their usual punctuation in; E.164 out, null where that takes a look.

What libphonenumber does to a number one after the other, 30 µs for each in Python, is done here to
a column, 1 µs for each, by the rules of its own metadata: country calling code, national prefix,
possible lengths. Numbers to which other rules apply, and those that are impossible, are left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    country_code_for_region,
    region_code_for_country_code,
)

from ingest.expressions.prefixed import prefixed

PREFIXES = ("tel:", "phone:", "sms:", "whatsapp:")
_PREFIX = rf"(?i)^(?:{'|'.join(PREFIXES)})\s*"
_PLAIN = r"^[+(]?[0-9][0-9 ()./-]*$"
"""No letter, no sign that could begin an extension or a second number."""
FRACTION = re.compile(r"^(\+?[0-9]{7,})\.0+$")
"""A number that a table has held as an amount."""
_CALLING_CODE_DIGITS = (1, 2, 3)
SHORTEST = 7
"""Plus and digits of what is an extension or service number, not somebody's line: with a
default region of Germany, 101 would be +49101."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What libphonenumber knows of the numbers of one region.

    Parameters
    ----------
    lengths
        Of national numbers that may be called from everywhere.
    prefix, national, exit_code
        Patterns of the prefix that national numbers have at home, of national numbers without it,
        and of what is dialled there before a country calling code.
    is_rewritten
        Whether a number with the prefix becomes another one.
    """

    calling_code: str
    lengths: frozenset[int]
    prefix: str | None
    national: str | None
    exit_code: str | None
    is_rewritten: bool


@lru_cache(maxsize=512)
def _rules(calling_code: int, region: str) -> _Rules:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region)
    if metadata is None or metadata.general_desc is None:
        return _Rules(str(calling_code), frozenset(), None, None, None, is_rewritten=False)
    general = metadata.general_desc
    lengths = frozenset(general.possible_length) - {*general.possible_length_local_only}
    lengths = frozenset(n for n in lengths if len(f"+{calling_code}") + n > SHORTEST)
    main = region_code_for_country_code(calling_code)
    if main != region:
        lengths &= _rules(calling_code, main).lengths
    return _Rules(
        calling_code=str(calling_code),
        lengths=lengths,
        prefix=metadata.national_prefix_for_parsing or None,
        national=general.national_number_pattern or None,
        exit_code=metadata.international_prefix or None,
        is_rewritten=bool(metadata.national_prefix_transform_rule),
    )


def plain_phones(texts: pl.Series, region: str) -> pl.Series:
    """Bring numbers into E.164; null where libphonenumber has to look at the number itself.

    Parameters
    ----------
    texts
        Without null.
    region
        ISO 3166 code of a region that libphonenumber knows, assumed without a calling code.
    """
    home = _rules(country_code_for_region(region), region)
    bare = texts.str.replace(_PREFIX, "")
    frame = pl.DataFrame(
        {
            "place": pl.int_range(len(texts), eager=True),
            "digits": bare.str.replace_all("[^0-9]", ""),
        }
    )
    has_code = bare.str.starts_with("+")
    is_plain = bare.str.contains(_PLAIN) & ~bare.str.contains(FRACTION.pattern)
    is_dialled = pl.repeat(value=False, n=len(texts), eager=True)
    if home.exit_code == "00":
        is_dialled = ~has_code & frame["digits"].str.contains("^00[^0]")
    dialled = frame.filter(is_plain & is_dialled).with_columns(pl.col("digits").str.slice(2))
    abroad = pl.concat([frame.filter(is_plain & has_code), dialled])
    at_home = frame.filter(is_plain & ~has_code & ~is_dialled)
    found = pl.concat([*_with_calling_code(abroad), _national(_without_code(at_home, home), home)])
    numbers = pl.repeat(None, len(texts), dtype=pl.String, eager=True).alias(texts.name)
    return numbers.scatter(found["place"], found["number"])


def _with_calling_code(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Return places and E.164 of digits that begin with a country calling code."""
    known = [str(code) for code in COUNTRY_CODE_TO_REGION_CODE]
    begins = {length: pl.col("digits").str.slice(0, length) for length in _CALLING_CODE_DIGITS}
    codes = frame.with_columns(
        code=pl.coalesce(
            pl.when(begin.is_in([code for code in known if len(code) == length])).then(begin)
            for length, begin in begins.items()
        )
    ).drop_nulls("code")
    parts = []
    for (code,), rows in codes.group_by("code"):
        calling_code = int(str(code))
        rules = _rules(calling_code, region_code_for_country_code(calling_code))
        rest = rows.select("place", pl.col("digits").str.slice(len(str(code))))
        parts.append(_national(rest, rules))
    return parts


def _without_code(frame: pl.DataFrame, home: _Rules) -> pl.DataFrame:
    """Leave out digits that could begin with the calling code or with what is dialled before it."""
    digits = pl.col("digits")
    frame = frame.filter(~digits.str.starts_with(home.calling_code))
    return frame.filter(~_begins(home.exit_code)) if home.exit_code else frame


def _national(frame: pl.DataFrame, rules: _Rules) -> pl.DataFrame:
    """Return places and E.164 of national numbers, with their prefix or without."""
    if rules.prefix is not None:
        is_prefixed = _begins(rules.prefix)
        with_prefix = frame.filter(is_prefixed)
        frame = frame.filter(~is_prefixed)
        if not rules.is_rewritten and not with_prefix.is_empty():
            frame = pl.concat([frame, _without_prefix(with_prefix, rules)])
    digits = pl.col("digits")
    return frame.filter(digits.str.len_bytes().is_in(list(rules.lengths))).select(
        "place", number=prefixed("+" + rules.calling_code, digits)
    )


def _without_prefix(frame: pl.DataFrame, rules: _Rules) -> pl.DataFrame:
    """Take the prefix off; a number that is one with it, too, is left out."""
    digits = pl.col("digits")
    if rules.national is not None:
        frame = frame.filter(~digits.str.contains(f"^(?:{rules.national})$"))
    prefix = digits.str.extract(f"^((?:{rules.prefix}))", 1)
    return frame.with_columns(digits.str.slice(prefix.str.len_bytes().cast(pl.Int64)))


def _begins(pattern: str | None) -> pl.Expr:
    return pl.col("digits").str.contains(f"^(?:{pattern})")
