"""Company names and web domains in, what tells companies apart out: no legal forms, no ``www``."""

from __future__ import annotations

import polars as pl

from models_ml.identity.scripts import plain_letters

_IN_CHARACTERS = [
    "株式会社", "有限会社", "合同会社", "(株)", "（株）", "㈱", "(有)", "（有）", "㈲",
    "有限责任公司", "有限責任公司", "股份有限公司", "有限公司", "公司",
    "주식회사", "유한회사", "(주)", "㈜",
]  # fmt: skip
"""Written without a blank before or behind, so they go before the rest is Latin letters."""

_LEGAL_FORMS = (
    # several words, before one of them is taken alone
    r"\b(?:public limited company|private limited|proprietary limited|s(?:ap?i?|ab)? de (?:rl|cv)"
    r"(?: de cv)?|sp(?:olka)? z oo?|sp zoo|sp [kj]|spolka (?:akcyjna|komandytowa|jawna)|spol s ro"
    r"|ges mbh|fz llc|u co|san(?:ayi)? ve tic(?:aret)?|ab publ|soc coop"
    r"|gmbh|mbh|gesmbh|ggmbh|gag|partg|partgmbb|mbb|ag|kg|kgaa|ohg|gbr|ug|ev|eg|se|co|cie|inc"
    r"|incorporated|corp|corporation|company|llc|llp|lllp|pllc|lp|ltd|limited|plc|pty|pte|pvt"
    r"|sa|sas|sasu|sarl|eurl|eirl|selarl|snc|gie|srl|srls|scarl|scrl|spa|sapa|sl|slu|sau|sll"
    r"|ltda|limitada|eireli|lda|unipessoal|bv|nv|bvba|sprl|cvba|vof|vzw|asbl"
    r"|ab|as|asa|oy|oyj|aps|ivs|enk|ehf|ohf|uab|ou|kft|zrt|nyrt|doo|dool|eood|ood|sro|spzoo"
    r"|ooo|oao|zao|pao|jsc|ojsc|pjsc|cjsc|tov|sti|bhd|sdn|tbk|fze|fzco|dmcc|wll"
    r"|amba|smba|sagl|scop|sgps|saog|saoc|shpk|kkt|rhf|obrt|dooel|unltd"
    r"|haftungsbeschrankt|gesellschaft|holding|holdings|group|gruppe|groupe|groep|gruppo|grupo"
    r"|und|and|et|og|och|the)\b"
    # the first and the last word only: elsewhere they are words or initials of a name
    r"|^(?:ao|pt|too|sia)\b"
    r"|\b(?:ek|kk|gk|pc|cic|sia|is|ks|ps|ky|tmi|hb|kb|ans|da|ba|hf|mb|bt|dd|ad|ao|cv|sca|ead|sal)$"
)
"""Words that say what a company is rather than which; a subsidiary of the same name in another
form is told apart by its tax number or its address. Those of ``cleanco``, in the spelling of
``core_name``, but for words that are more often of a name, such as ``SC`` and ``ME``."""


def core_name(name: pl.Expr) -> pl.Expr:
    """Return the words of a company's name that tell it apart.

    ``Müller & Söhne GmbH & Co. KG`` and ``MUELLER UND SOEHNE`` become one, in Latin letters. A
    name of nothing but such words (``The Limited``) is kept whole; an empty one becomes null.
    """
    letters = (
        plain_letters(name.str.replace_many(_IN_CHARACTERS, [" "], leftmost=True))
        .str.replace_many(["ß", "ø", "ł", "đ", "æ", "œ"], ["ss", "o", "l", "d", "a", "o"])
        .str.replace_many(["ae", "oe", "ue"], ["a", "o", "u"])
        .str.replace_all(r"\bco-op", "coop")
        # an initial before a name is a word, and so are G.m.b.H., e. V. and A/S
        .str.replace_all(r"\b(\p{L})\.\s(\p{L}{2})", "$1 $2")
        .str.replace_all(r"\b(\p{L})[./]\s?", "$1")
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
