"""A company's tax number as somebody writes it in, its one spelling out; both in DuckDB's words.

Formats are those that python-stdnum knows of each country. No check digit is looked at: a number
with a slip in it is still the same number in two systems. Nor is a country put before digits: which
one it is their form does not tell, but the record may (``orchestration.identity.tax_countries``).
That ``136695976`` is no other number than ``DE136695976`` is
known where people and companies are told apart (``models_ml.identity.traits``).
"""

from __future__ import annotations

_LABEL = (
    r"^(?:N(?:UMERO|R|O)?(?:DE)?)?"
    r"(?:VAT|TAX(?:PAYER)?|TVA|P(?:ARTITA)?IVA|IVA|BTW|UST|UMSATZSTEUER|STEUER|STNR|MWST|MOMS|MVA"
    r"|ALV|(?:IC)?DPH|DIC|PVM|KMKR|OIB|NIP|NIF|CIF|CUI|CVR|F?EIN|TIN|ABN|UID|SIREN|SIRET"
    r"|ORGANI[SZ]ATIONS?|ORG)"
    r"(?:INTRACOM(?:MUNAUTAIRE)?)?(?:ID(?:ENT(?:IFICATION|IFIKATIONS)?)?)?(?:REG(?:ISTRATION)?)?"
    r"(?:NUMBER|NUMMER|NUM|NR|NO|CODE)?"
)
"""What is written before the number: ``USt-IdNr.``, ``VAT Reg No``, ``N° TVA intracommunautaire``.
None of them begins as a number does, with the code of a country before digits."""

_SPELLINGS = (
    # a number that a table has held as one with a fraction
    (r"^([0-9]+)\.0+$", r"\1"),
    ("[^0-9A-Z]", ""),
    (_LABEL, ""),
    # Norwegian and Swiss ones end with the word for the tax
    (r"^(?:NO)?([0-9]{9})MVA$", r"NO\1"),
    (r"^(CHE?[0-9]{9})(?:MWST|TVA|IVA|TPV|VAT)$", r"\1"),
    (r"^CH([0-9]{9})$", r"CHE\1"),
    # only Austrian ones have the letter, and only Dutch ones that in the middle
    (r"^(?:AT)?U([0-9]{8})$|^AT([0-9]{8})$", r"ATU\1\2"),
    (r"^([0-9]{9}B[0-9]{2})$", r"NL\1"),
    (r"^NL([0-9]{8}B[0-9]{2})$", r"NL0\1"),
    (r"^NL([0-9]{7}B[0-9]{2})$", r"NL00\1"),
    # only Spanish ones are so; U is also the Austrian's letter
    (r"^([A-HJNP-SVW][0-9]{7}[0-9A-J])$", r"ES\1"),
    (r"^BE([0-9]{9})$", r"BE0\1"),
    (r"^GR([0-9]{8,9})$", r"EL\1"),
    (r"^EL([0-9]{8})$", r"EL0\1"),
    # of Northern Ireland, in trade with the EU
    (r"^XI([0-9]{9}|[0-9]{12})$", r"GB\1"),
    # at home with the office and the kind of taxpayer behind it
    (r"^HU([0-9]{8})[0-9]{3}$", r"HU\1"),
    # the number of the company with what the tax adds to it; a SIRET is that of one of its sites
    (r"^FR[0-9A-Z]{2}([0-9]{9})$", r"FR\1"),
    (r"^FR([0-9]{9})[0-9]{5}$", r"FR\1"),
    (r"^SE([0-9]{10})01$", r"SE\1"),
)
"""Patterns, and what becomes of what they match, one after the other."""


def one_spelling(number: str) -> str:
    """Return the SQL of a number's one spelling: ``DE 136.695.976`` is ``DE136695976``.

    Null where no letter or digit is left.

    Parameters
    ----------
    number
        SQL of the number as it was written.
    """
    text = f"upper(strip_accents(trim({number})))"
    for pattern, replacement in _SPELLINGS:
        text = f"regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
    return f"nullif({text}, '')"
