"""How much each column tells: the comparisons Splink scores by, with fixed m and u.

m is how often two records of one person stand in a relation, u how often two of different
persons do; log2(m / u) is the weight of it in bits. Both are fixed: learned anew from each
day's records they would move the weights of all old pairs and with them yesterday's customers,
and from few records they are not learnt at all. What does differ between companies, how common
a name or a town is, is counted (``frequencies``).
"""

from __future__ import annotations

from typing import NamedTuple

from models_ml.identity.nicknames import CALLED, NICKNAMES

SMALLEST_FREQUENCY = 2e-4
"""A rarer name tells no more: it may be a slip, and slips repeat."""


SURE_OF_AN_EDIT = 0.7
"""Jaro-Winkler similarity that two words of four letters or more have if one edit makes one the
other: at least 0.73."""


NICKNAME = "nickname"
"""Label of two first names of which one is short for the other."""


class Relation(NamedTuple):
    """How two values stand to each other, how often they do, and the condition of it."""

    label: str
    m: float
    u: float
    condition: str | None
    counted: str | None = None


def likeness(column: str) -> str:
    """Return the similarity of two values, from 0 to 1."""
    return f'jaro_winkler_similarity("{column}_l", "{column}_r")'


def _close(column: str, similarity: float, edits: int) -> str:
    # counting edits costs thirty times what the similarity does, and half of no letters is no slip
    alike = likeness(column)
    sure = (
        f"when {alike} < {SURE_OF_AN_EDIT} "
        f'and least(length("{column}_l"), length("{column}_r")) > 3 then false '
        if edits == 1
        else ""
    )
    return (
        f"case when {alike} >= {similarity} then true when {alike} < 0.5 then false {sure}"
        f'else damerau_levenshtein("{column}_l", "{column}_r") <= {edits} end'
    )


def _same(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


def _same_digits(column: str) -> str:
    digits = (f"regexp_replace(\"{column}_{side}\", '[^0-9]', '', 'g')" for side in "lr")
    return " = ".join(digits)


def _alike_company(similarity: float) -> str:
    """Return the condition of two spellings; Studio 54 and Studio 55 are two companies."""
    return (
        f'jaro_winkler_similarity("company_l", "company_r") >= {similarity} '
        f"and {_same_digits('company')}"
    )


def _days_apart(days: int) -> str:
    return (
        "abs(date_diff('day', try_cast(\"birth_date_l\" as date), "
        f'try_cast("birth_date_r" as date))) <= {days}'
    )


_IMPOSSIBLE = " or ".join(f'try_cast("birth_date_{side}" as date) is null' for side in "lr")

_SWAPPED = (
    'jaro_winkler_similarity("first_name_l", "last_name_r") >= 0.92 '
    'and jaro_winkler_similarity("last_name_l", "first_name_r") >= 0.92'
)
_IS_NUMBERED = [f"regexp_matches(\"city_{side}\", '[0-9]$')" for side in "lr"]
_NUMBERED_APART = f"coalesce({' and '.join(_IS_NUMBERED)} and not ({_same_digits('city')}), false)"
"""Dublin 4 and Dublin 6 are two places, not a slip; Dublin may be either."""

_TOWN_L, _TOWN_R = (f"rtrim(\"city_{side}\", ' 0123456789')" for side in "lr")
_ONE_NUMBERED = f"(({' <> '.join(_IS_NUMBERED)}) and {_TOWN_L} = {_TOWN_R})"
_SAME_PLACE = f"({_same('postal_code')} or {_same('city')} or {_ONE_NUMBERED})"

_MAILBOX_L, _MAILBOX_R = (f"split_part(\"email_{side}\", '@', 1)" for side in "lr")
_SAME_DIGITS = _same_digits("email")
"""Also of the domain: firm2.de and firm4.de are two companies, not a slip."""


SPELT_ALIKE = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"))
"""Letters of ``folding.folded`` in the order in which they are replaced."""


def _spelt(mailbox: str) -> str:
    """Return a mailbox in the spelling of ``folding.folded``."""
    for written, folded in SPELT_ALIKE:
        mailbox = f"replace({mailbox}, '{written}', '{folded}')"
    return mailbox


_OF_THE_NAME = (
    "("
    + " or ".join(
        f'contains({_spelt(_MAILBOX_L)}, "{name}_{side}")'
        for name in ("first_name", "last_name")
        for side in "lr"
    )
    + ")"
)
_NAMED = f"not regexp_matches({_MAILBOX_L}, '[0-9]{{2}}') and {_OF_THE_NAME}"
_NAMED_WITH_YEAR = f"not regexp_matches({_MAILBOX_L}, '[0-9]{{3}}') and {_OF_THE_NAME}"
_OWN_NAMES = " or ".join(
    f'("{name}_l" <> "{name}_r" and contains({_spelt(_MAILBOX_L)}, "{name}_l") '
    f'and contains({_spelt(_MAILBOX_R)}, "{name}_r"))'
    for name in ("first_name", "last_name")
)
"""Each address is made of its own name: that they differ little is what the names say already."""

OF_ONE_RECORD = {
    "spelt_mailbox": _spelt(_MAILBOX_L),
    "has_two_digits": f"regexp_matches({_MAILBOX_L}, '[0-9]{{2}}')",
    "has_three_digits": f"regexp_matches({_MAILBOX_L}, '[0-9]{{3}}')",
    "mailbox": _MAILBOX_L,
    "mail_domain": "split_part(\"email_l\", '@', 2)",
    "mail_digits": "regexp_replace(\"email_l\", '[^0-9]', '', 'g')",
    "mail_unnumbered": "regexp_replace(\"email_l\", '[-._]?[0-9]+@', '@')",
    "company_digits": "regexp_replace(\"company_l\", '[^0-9]', '', 'g')",
    "city_is_numbered": _IS_NUMBERED[0],
    "city_digits": "regexp_replace(\"city_l\", '[^0-9]', '', 'g')",
    "town": _TOWN_L,
}
"""What the conditions ask of one record, as it stands in them for the left one, the longer text
first. Scoring makes a column of each, once per record and not per pair: a regular expression takes
as long as ten comparisons, and one that is written out twenty times as long again to be planned."""

_LIKE_PLACE = (
    f"(coalesce({_close('city', 0.85, 2)}, true) "
    'or coalesce(damerau_levenshtein("postal_code_l", "postal_code_r") <= 1, true)) '
    f"and not {_NUMBERED_APART}"
)

_ADDRESS = [
    # people of one household share all of it, so it never tells as much as a name does
    Relation("same", 0.50, 2e-4, f"{_same('street')} and {_SAME_PLACE}"),
    Relation(
        "same street",
        0.15,
        5e-4,
        f"({_same('street')} and {_LIKE_PLACE}) or "
        f'(jaro_winkler_similarity("street_l", "street_r") >= 0.9 and {_SAME_PLACE})',
    ),
    Relation("same postal code", 0.10, 0.002, _same("postal_code"), "postal_code"),
    Relation("same city", 0.10, 0.05, _same("city"), "city"),
    Relation("same city, one of a district", 0.10, 0.05, _ONE_NUMBERED, "city"),
    Relation("city alike", 0.05, 0.02, f"({_close('city', 0.85, 2)}) and not {_NUMBERED_APART}"),
    Relation("other", 0.10, 0.93, None),
]

PERSON: dict[str, list[Relation]] = {
    "first_name": [
        Relation("same", 0.77, 0.01, _same("first_name"), "first_name"),
        Relation("first and last name swapped", 0.01, 1e-5, _SWAPPED),
        # u of the first names of the US census of 1990, m of pseudopeople's simulated census
        Relation(NICKNAME, 0.02, 0.0022, f'contains("{NICKNAMES}_l", "{CALLED}_r")'),
        Relation(
            "start of the other",
            0.04,
            0.008,
            'starts_with("first_name_l", "first_name_r") '
            'or starts_with("first_name_r", "first_name_l")',
        ),
        Relation("slip", 0.07, 0.01, _close("first_name", 0.92, 1)),
        Relation("alike", 0.03, 0.03, f"{likeness('first_name')} >= 0.8"),
        Relation("other", 0.06, 0.94, None),
    ],
    "last_name": [
        Relation("same", 0.81, 0.004, _same("last_name"), "last_name"),
        # all of it is told by the first name
        Relation("first and last name swapped", 0.01, 0.01, _SWAPPED),
        Relation("slip", 0.08, 0.005, _close("last_name", 0.92, 1)),
        Relation("alike", 0.03, 0.02, f"{likeness('last_name')} >= 0.8"),
        Relation("other", 0.07, 0.96, None),
    ],
    "birth_date": [
        Relation("same", 0.82, 5e-5, _same("birth_date"), "birth_date"),
        Relation(
            "slip",
            0.08,
            1.5e-3,
            # of year, month and day one is misspelt, or day and month are swapped
            'case when substr("birth_date_l", 1, 7) = substr("birth_date_r", 1, 7) '
            'or substr("birth_date_l", 5, 6) = substr("birth_date_r", 5, 6) '
            'or (substr("birth_date_l", 1, 4) = substr("birth_date_r", 1, 4) '
            'and substr("birth_date_l", 9, 2) = substr("birth_date_r", 9, 2)) '
            'then damerau_levenshtein("birth_date_l", "birth_date_r") <= 1 '
            'else substr("birth_date_l", 1, 4) = substr("birth_date_r", 1, 4) '
            'and substr("birth_date_l", 6, 2) = substr("birth_date_r", 9, 2) '
            'and substr("birth_date_l", 9, 2) = substr("birth_date_r", 6, 2) end',
        ),
        Relation("within a month", 0.03, 2.5e-3, _days_apart(31)),
        Relation("within a year", 0.02, 0.03, _days_apart(396)),
        Relation("within ten years", 0.02, 0.22, _days_apart(3700)),
        # a date that no calendar has is wrong, so to be another one says nothing
        Relation("impossible", 0.02, 0.02, _IMPOSSIBLE),
        Relation("other", 0.03, 0.75, None),
    ],
    "email": [
        Relation("same", 0.60, 2e-5, _same("email")),
        # anna.berg@ and anna.berg2@ of one company are two of that name
        Relation(
            "numbered apart",
            0.0002,
            0.1,
            "regexp_replace(\"email_l\", '[-._]?[0-9]+@', '@') "
            "= regexp_replace(\"email_r\", '[-._]?[0-9]+@', '@')",
        ),
        Relation(
            "slip",
            0.10,
            1e-4,
            # no two edits make so much of a difference, and counting them is dear
            'case when jaro_similarity("email_l", "email_r") < 0.9 - 1.4 / length("email_l") '
            'then false when damerau_levenshtein("email_l", "email_r") <= 2 '
            f"then {_SAME_DIGITS} and not coalesce({_OWN_NAMES}, false) end",
        ),
        # anna.berg@ is every Anna Berg's: a mailbox made of the name says what the name says
        Relation(
            "same mailbox",
            0.06,
            3e-3,
            f"case when {_MAILBOX_L} = {_MAILBOX_R} then not ({_NAMED_WITH_YEAR}) end",
        ),
        # anna.berg87@ is every Anna Berg's who was born in 1987
        Relation(
            "same mailbox with two digits",
            0.06,
            1e-2,
            f"case when {_MAILBOX_L} = {_MAILBOX_R} then not ({_NAMED}) end",
        ),
        Relation(
            "alike",
            0.08,
            1e-3,
            f"jaro_winkler_similarity({_MAILBOX_L}, {_MAILBOX_R}) >= 0.85 and {_SAME_DIGITS} "
            f"and not coalesce({_NAMED}, false) and not coalesce({_OWN_NAMES}, false) "
            "and levenshtein(split_part(\"email_l\", '@', 2), "
            "split_part(\"email_r\", '@', 2)) <= 2",
        ),
        # people have several addresses
        Relation("other", 0.16, 0.998, None),
    ],
    "phone": [
        Relation("same", 0.40, 1e-3, _same("phone")),
        Relation("slip", 0.05, 1e-3, 'damerau_levenshtein("phone_l", "phone_r") <= 1'),
        # and several numbers
        Relation("other", 0.55, 0.998, None),
    ],
    "company": [
        Relation("same", 0.55, 0.01, _same("company"), "company"),
        Relation("alike", 0.10, 0.005, _alike_company(0.9)),
        # people change employers
        Relation("other", 0.35, 0.985, None),
    ],
    "address": _ADDRESS,
}

ACCOUNT: dict[str, list[Relation]] = {
    "company": [
        Relation("same", 0.75, 1e-3, _same("company"), "company"),
        Relation(
            "slip",
            0.12,
            5e-4,
            "replace(\"company_l\", ' ', '') = replace(\"company_r\", ' ', '') "
            'or (damerau_levenshtein("company_l", "company_r") '
            f'<= if(length("company_l") >= 8, 2, 1) and {_same_digits("company")}) '
            "or list_sort(string_split(\"company_l\", ' ')) "
            "= list_sort(string_split(\"company_r\", ' '))",
        ),
        Relation(
            "start of the other",
            0.05,
            2e-3,
            "starts_with(\"company_l\" || ' ', \"company_r\" || ' ') "
            "or starts_with(\"company_r\" || ' ', \"company_l\" || ' ')",
        ),
        Relation("alike", 0.05, 0.004, _alike_company(0.92)),
        Relation("other", 0.03, 0.99, None),
    ],
    "domain": [
        Relation("same", 0.70, 2e-4, _same("domain")),
        # firm.de and firm.com
        Relation(
            "same name",
            0.15,
            5e-4,
            "regexp_extract(\"domain_l\", '([^.]+)\\.[^.]+$', 1) "
            "= regexp_extract(\"domain_r\", '([^.]+)\\.[^.]+$', 1)",
        ),
        Relation("other", 0.15, 0.999, None),
    ],
    "phone": [
        Relation("same", 0.60, 1e-4, _same("phone")),
        Relation("other", 0.40, 0.9999, None),
    ],
    "address": _ADDRESS,
}

_NOT_STATED = {
    "address": 'coalesce("street_l", "city_l", "postal_code_l") is null '
    'or coalesce("street_r", "city_r", "postal_code_r") is null'
}


def not_stated(column: str) -> str:
    """Return the condition that one of the two does not state the column."""
    return _NOT_STATED.get(column, f'"{column}_l" is null or "{column}_r" is null')
