"""A country as somebody writes it, code or name in some language, in; its ISO 3166 code out.

Names are those of the Unicode consortium's CLDR, by Babel, and the older ones of phonenumbers
(`Tschechische Republik`, which is `Tschechien` there).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import phonenumbers
import polars as pl
from babel import localedata
from babel.core import get_global

_LANGUAGES = (
    "en", "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fil", "fr", "he",
    "hi", "hr", "hu", "id", "is", "it", "ja", "kk", "ko", "lt", "lv", "mk", "ms", "nl", "no", "pl",
    "pt", "pt_PT", "ro", "ru", "sk", "sl", "sq", "sr", "sr_Latn", "sv", "sw", "th", "tr", "uk",
    "ur", "vi", "zh", "zh_Hant",
)  # fmt: skip
"""Languages that companies keep a CRM in. All 312 of Babel would take 150 MB and a second."""

_ALSO = {
    "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "great britain": "GB",
    "united kingdom of great britain and northern ireland": "GB", "holland": "NL",
    "the netherlands": "NL", "netherlands (kingdom of the)": "NL", "korea": "KR", "türkiye": "TR",
    "burma": "MM", "macedonia": "MK", "cape verde": "CV", "swaziland": "SZ", "east timor": "TL",
    "ivory coast": "CI", "republic of ireland": "IE", "eire": "IE", "rsa": "ZA", "uae": "AE",
    "u.a.e.": "AE", "vae": "AE",
    "сша": "US", "eua": "US", "eeuu": "US", "ee.uu.": "US", "ee. uu.": "US",
    "vereinigte staaten von amerika": "US", "états-unis d'amérique": "US",
    "stati uniti d'america": "US", "estados unidos de américa": "US",
    "estados unidos da américa": "US", "великобритания": "GB", "한국": "KR",
    # as ISO 3166 writes them, and with it Salesforce's list of countries
    "bolivia, plurinational state of": "BO", "brunei darussalam": "BN",
    "congo, the democratic republic of the": "CD", "congo, democratic republic of the": "CD",
    "cocos (keeling) islands": "CC", "falkland islands (malvinas)": "FK",
    "holy see (vatican city state)": "VA", "holy see": "VA", "iran, islamic republic of": "IR",
    "korea, democratic people's republic of": "KP", "korea, republic of": "KR",
    "lao people's democratic republic": "LA", "libyan arab jamahiriya": "LY", "macao": "MO",
    "macedonia, the former yugoslav republic of": "MK", "micronesia, federated states of": "FM",
    "moldova, republic of": "MD", "palestine, state of": "PS",
    "palestinian territory, occupied": "PS", "russian federation": "RU",
    "saint helena, ascension and tristan da cunha": "SH", "saint martin (french part)": "MF",
    "sint maarten (dutch part)": "SX", "syrian arab republic": "SY",
    "taiwan, province of china": "TW", "tanzania, united republic of": "TZ",
    "venezuela, bolivarian republic of": "VE", "viet nam": "VN", "virgin islands, british": "VG",
    "virgin islands, u.s.": "VI",
}  # fmt: skip

_SHORTEST_FOLDED = 4
"""Letters of a name that is known without its accents too: `Áo` is Austria, `AO` Angola."""


@cache
def country_names() -> dict[str, str]:
    """Return codes by name in lower case; a name of two countries is none."""
    stated: dict[str, set[str]] = {}
    for code, name in (*_codes(), *_older_names(), *_cldr_names()):
        stated.setdefault(name.lower(), set()).add(code)
    names = _of_one(stated) | _ALSO
    folded: dict[str, set[str]] = {}
    for name, code in names.items():
        for spelling in _without_accents(name):
            if len(spelling) >= _SHORTEST_FOLDED:
                folded.setdefault(spelling, set()).add(code)
    return _of_one(folded) | names


def country(*fields: str) -> pl.Expr:
    """Return the code of the first of ``fields`` that names a country; null if none does.

    Names are asked for with the first rows: 60 MB and 0.3 s that not every process needs which
    knows the format.
    """
    return pl.coalesce(
        pl.col(field)
        .str.strip_chars()
        .str.to_lowercase()
        .map_batches(_of_names, return_dtype=pl.String, is_elementwise=True)
        for field in fields
    )


def _of_names(written: pl.Series) -> pl.Series:
    names = country_names()
    return written.replace_strict(
        list(names), list(names.values()), default=None, return_dtype=pl.String
    )


def country_codes(written: pl.Series) -> pl.Series:
    """Return the code of what names a country, and as it is what does not.

    Most sources write codes: the names are asked for where one writes something else.
    """
    codes = sorted(phonenumbers.SUPPORTED_REGIONS)
    others = written.drop_nulls().unique()
    others = others.filter(~others.is_in(codes))
    if others.is_empty():
        return written
    named = others.str.strip_chars().str.to_lowercase()
    found = pl.Series([country_names().get(name) for name in named], dtype=pl.String)
    return written.replace(others, found.fill_null(others))


def _of_one(found: dict[str, set[str]]) -> dict[str, str]:
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def _countries() -> set[str]:
    """Return the codes that somebody can live under: `EU` and `ZZ` have names in CLDR too."""
    return {code for code, _ in _older_names()} | set(phonenumbers.SUPPORTED_REGIONS)


def _codes() -> Iterator[tuple[str, str]]:
    """Yield each country with its codes of two and of three letters."""
    countries = _countries()
    yield from ((code, code) for code in countries)
    yield "GB", "UK"
    for alias, (code, *others) in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and code in countries and not others:
            yield code, alias


def _cldr_names() -> Iterator[tuple[str, str]]:
    countries = _countries()
    for language in _LANGUAGES:
        territories = localedata.load(language, merge_inherited=False).get("territories", {})
        yield from ((code, name) for code, name in territories.items() if code in countries)


@cache
def _older_names() -> tuple[tuple[str, str], ...]:
    """Return codes and names as phonenumbers holds them.

    Their module is run by itself: its package would read the places of all numbers of the world
    first, 98 MB in 0.7 s, and in 6 s where no module is compiled yet.
    """
    name = "phonenumbers.geodata.locale"
    spec = spec_from_file_location(name, Path(phonenumbers.__path__[0]) / "geodata" / "locale.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is not where phonenumbers {phonenumbers.__version__} has it")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(
        (code, name)
        for code, by_language in sorted(module.LOCALE_DATA.items())
        if len(code) == 2
        for name in by_language.values()
        if not name.startswith("*")
    )


def _without_accents(name: str) -> Iterator[str]:
    """Yield other spellings: `Osterreich` and `Oesterreich`, an apostrophe of a typewriter."""
    plain = name.replace("\u2019", "'")
    yield plain
    for written in (plain, plain.translate(_GERMAN)):
        decomposed = unicodedata.normalize("NFKD", written)
        if decomposed.isascii() or "LATIN" in unicodedata.name(decomposed[0], ""):
            yield "".join(one for one in decomposed if not unicodedata.combining(one))


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
