"""Streets as they are written in, the one spelling in which they are compared out.

``12 High St.`` and ``High Street 12`` become ``high str 12``, ``570 Fourth Avenue`` and ``570 4th
Ave. at Main St.`` become ``th4 av 570``. Only what means one thing in all languages of the table is
changed: the French ``2e`` may be a German house number, and ``Erste`` a name, so both stay.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from models_ml.identity.scripts import plain_letters

_SHORT = {
    # a saint and a street are both St., and where one is meant is clear from nothing
    "c": ["calle"],
    "str": ["street", "st", "saint", "sainte", "ste", "sankt", "strasse"],
    "av": ["avenue", "ave", "avenida", "avda"],
    "pl": ["place", "plaza", "pza", "platz", "piazza", "plz", "plza", "plac", "p  zza", "p  za"],
    "blvd": ["boulevard", "blv", "boul", "bvd", "bd"],
    "rd": ["road"],
    "dr": ["drive"],
    "ln": ["lane"],
    "ct": ["court", "crt"],
    "cres": ["crescent"],
    "cir": ["circle"],
    "cct": ["circuit"],
    "cl": ["close"],
    "hwy": ["highway"],
    "pkwy": ["parkway", "pky"],
    "sq": ["square"],
    "tce": ["terrace", "ter", "terr"],
    "gdns": ["gardens"],
    "mt": ["mount"],
    "rte": ["route"],
    "fbg": ["faubourg", "fg"],
    "ctra": ["carretera"],
    "ul": ["ulica", "ulitsa"],
    "n": ["north"],
    "s": ["south"],
    "e": ["east"],
    "w": ["west"],
    "ne": ["northeast"],
    "nw": ["northwest"],
    "se": ["southeast"],
    "sw": ["southwest"],
    "aly": ["alley"],
    "bch": ["beach"],
    "byp": ["bypass"],
    "crk": ["creek"],
    "cswy": ["causeway"],
    "ctr": ["center", "centre"],
    "cv": ["cove"],
    "ests": ["estates"],
    "expy": ["expressway", "expwy"],
    "fwy": ["freeway"],
    "grv": ["grove"],
    "hbr": ["harbor", "harbour"],
    "hl": ["hill"],
    "holw": ["hollow"],
    "hts": ["heights"],
    "jct": ["junction"],
    "knl": ["knoll"],
    "lk": ["lake"],
    "lndg": ["landing"],
    "mdws": ["meadows"],
    "mnr": ["manor"],
    "mtn": ["mountain"],
    "pt": ["point"],
    "rdg": ["ridge"],
    "spgs": ["springs"],
    "tpke": ["turnpike"],
    "trl": ["trail"],
    "vlg": ["village"],
    "vly": ["valley"],
    "vw": ["view"],
    "xing": ["crossing"],
    "all": ["allee"],
    "ch": ["chemin", "che"],
    "crs": ["cours"],
    "imp": ["impasse"],
    "lot": ["lotissement"],
    "res": ["residence"],
    "cno": ["camino"],
    "po": ["paseo", "pso"],
    "rda": ["ronda"],
    "trav": ["travesia", "travessa"],
    "urb": ["urbanizacion"],
    "pca": ["praca"],
    "cso": ["corso", "c  so"],
    "lgo": ["largo", "l  go"],
    "vle": ["viale", "v  le"],
    "vlo": ["vicolo", "v  lo"],
    "al": ["aleja", "aleje"],
    "os": ["osiedle"],
}  # fmt: skip
"""Words of streets, each with its longer forms: those of USPS Publication 28, their German, French,
Spanish, Italian, Portuguese and Polish counterparts, and quarters of the compass."""

_ENDINGS = {
    "strasse": "str", "straat": "str", "platz": "pl", "laan": "ln", "plein": "pln", "gasse": "g",
    "gatan": "g", "gata": "g", "gaten": "g", "gade": "g",
}  # fmt: skip
"""The same at the end of a word, as in ``Hauptstraße``, ``Kerkstraat`` and ``Storgatan``."""

_UNITS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_TEENS = [
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FRENCH = ["premier", "deuxieme", "troisieme", "quatrieme", "cinquieme", "sixieme", "septieme",
           "huitieme", "neuvieme", "dixieme"]  # fmt: skip
_LARGEST_ORDINAL = 299
"""New York has a 263rd Street."""

_CROSS_STREET = "^( [0-9].*?)  (?:at|between|near|off|opposite)  .*$"
"""What some add in English after house number and street; the numbers in it are no house's."""

_NUMBER = "(?:^| )[0-9][^ ]*"
"""A word that begins with a digit, as in ``12a``."""


def street_words(street: pl.Expr) -> pl.Expr:
    """Return the words of a street in one spelling: ``12 High St.`` is ``12 high str``."""
    written, compared = _replaced()
    words = (
        plain_letters(street)
        .str.replace_all("ß", "ss", literal=True)
        # two blanks between words, so that each has its own on either side
        .str.replace_all(r"[^\p{L}0-9]+", "  ")
    )
    # all of them in one pass: an expression for each word takes as long as all else does
    return (
        pl.concat_str(pl.lit(" "), words, pl.lit(" "))
        .str.replace(_CROSS_STREET, "$1 ")
        .str.replace_many(written, compared, leftmost=True)
    )


def numbers_last(words: pl.Expr) -> pl.Expr:
    """Return the words of a street, numbers after names: ``12 high str`` is ``high str 12``."""
    names = words.str.replace_all(_NUMBER, "")
    numbers = words.str.extract_all(_NUMBER).list.join("")
    ordered = pl.concat_str(names, pl.lit(" "), numbers).str.replace_all(" +", " ")
    plain = ordered.str.strip_chars(" ")
    return pl.when(plain != "").then(plain)


@cache
def _replaced() -> tuple[list[str], list[str]]:
    """Return what is written with a blank on either side, and what is compared in its place."""
    found = {f" {long} ": f" {short} " for short, longer in _SHORT.items() for long in longer}
    found |= {f"{long} ": f"{short} " for long, short in _ENDINGS.items()}
    found |= {f" {written} ": f" th{number} " for written, number in _ordinals()}
    return list(found), list(found.values())


def _ordinals() -> list[tuple[str, int]]:
    """Return how the ordinal numbers are written, and which they are.

    A street's number is compared as a name and not as one of its houses.
    """
    units = list(enumerate(_UNITS, 1))
    words = [*units, *enumerate(_TEENS, 10)]
    for tens, name in enumerate(_TENS, 2):
        words.append((10 * tens, f"{name.removesuffix('y')}ieth"))
        words += [(10 * tens + unit, f"{name}  {ordinal}") for unit, ordinal in units]
    digits = [(number, f"{number}{_ending(number)}") for number in range(1, _LARGEST_ORDINAL + 1)]
    french = [(1, "1er"), (1, "1ere"), (1, "premiere"), *enumerate(_FRENCH, 1)]
    french += [(number, f"{number}eme") for number in range(2, 32)]
    return [(written, number) for number, written in [*words, *digits, *french]]


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
