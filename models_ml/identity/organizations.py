"""Company names and web domains in, what tells companies apart out: no legal forms, no ``www``."""

from __future__ import annotations

import polars as pl

from models_ml.identity.scripts import plain_letters

_LEGAL_FORMS = (
    r"\b(?:gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|ev|eg|se|co|cie|inc|incorporated|corp|corporation|company|"
    r"llc|llp|lp|ltd|limited|plc|pty|pte|pvt|sa|sas|sarl|srl|spa|sl|bv|nv|ab|as|asa|oy|oyj|aps|"
    r"kft|zrt|doo|sro|spzoo|haftungsbeschrankt|gesellschaft|holding|group|gruppe|und|and|the)\b"
)
"""Words that say what a company is rather than which; a subsidiary of the same name in another
form is told apart by its tax number or its address."""


def core_name(name: pl.Expr) -> pl.Expr:
    """Return the words of a company's name that tell it apart.

    ``Müller & Söhne GmbH & Co. KG`` and ``MUELLER UND SOEHNE`` become one, in Latin letters. A
    name of nothing but such words (``The Limited``) is kept whole; an empty one becomes null.
    """
    letters = (
        plain_letters(name)
        .str.replace_many(["ß", "ø", "ł", "đ", "æ", "œ"], ["ss", "o", "l", "d", "a", "o"])
        .str.replace_many(["ae", "oe", "ue"], ["a", "o", "u"])
        # G.m.b.H. and e. V. are words too
        .str.replace_all(r"\b(\p{L})\.\s?", "$1")
        .str.replace_all(r"[^\p{L}0-9]+", " ")
        .str.strip_chars(" ")
    )
    core = (
        letters.str.replace_all(_LEGAL_FORMS, " ").str.replace_all(r" +", " ").str.strip_chars(" ")
    )
    whole = pl.when(letters != "").then(letters)
    return pl.when(core != "").then(core).otherwise(whole)


def mail_domain(text: pl.Expr) -> pl.Expr:
    """Return the domain of an address, a web address or a domain: ``firm.de``; null if none."""
    return (
        text.str.to_lowercase()
        .str.strip_chars()
        .str.replace(r"^[a-z]+://", "")
        .str.replace(r"^[^/]*@", "")
        .str.replace(r"^www\d*\.", "")
        .str.extract(
            r"^([a-z0-9\-_.\p{L}]+\.\p{L}{2,}|[a-z0-9\-.]+\.xn--[a-z0-9\-]+)(?:[:/?#]|\.?$)", 1
        )
    )
