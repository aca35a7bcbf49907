"""A full name in, first and last name out."""

from __future__ import annotations

_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "herr", "frau", "hr", "fr", "mme",
    "mlle", "monsieur", "madame", "sig", "sig.ra", "dott", "sra", "señor", "señora",
})  # fmt: skip
"""Words before a name, in lower case and without the full stop at their end, as below."""

_SUFFIXES = frozenset({
    "jr", "sr", "ii", "iii", "iv", "phd", "ph.d", "md", "m.d", "mba", "msc", "bsc", "esq",
})  # fmt: skip

_LEGAL_FORMS = frozenset({
    "inc", "ltd", "llc", "llp", "plc", "corp", "co", "gmbh", "ag", "kg", "se", "sa", "bv", "oy",
    "ab",
})  # fmt: skip

_PARTICLES = frozenset({
    "van", "von", "vom", "de", "del", "della", "der", "den", "dem", "di", "da", "dos", "das",
    "do", "du", "des", "la", "le", "los", "las", "ten", "ter", "te", "zu", "zum", "zur", "af",
    "av", "bin", "ibn", "al", "el",
})  # fmt: skip
"""Small words that a last name begins with. Written large they may be somebody's middle name, as
`Van` in Vietnam."""


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """Return first and last name; one word alone is a first name.

    `Doe, Jane` is turned round, titles before the name are left out, and what belongs to the last
    name stays with it: `van der Berg`, `Doe Jr.`.
    """
    words = _turned(name or "").split()
    begin = 0
    while begin < len(words) - 1 and _bare(words[begin]) in _TITLES:
        begin += 1
    stated = words[begin:]
    if len(stated) < 2 and not begin:
        return (stated[0] if stated else None), None
    cut = len(stated) - 1
    while cut > 1 and _bare(stated[cut]) in _SUFFIXES:
        cut -= 1
    while cut > 0 and stated[cut - 1] in _PARTICLES:
        cut -= 1
    # Mr. Doe and van der Berg have told no first name
    return " ".join(stated[:cut]) or None, " ".join(stated[cut:])


def _turned(name: str) -> str:
    """Return `Jane Doe` of `Doe, Jane`, and `Jane Doe PhD` of `Jane Doe, PhD`."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) != 2 or not all(parts):
        return name
    if all(_bare(word) in _SUFFIXES | _LEGAL_FORMS for word in parts[1].split()):
        return " ".join(parts)
    return f"{parts[1]} {parts[0]}"


def _bare(word: str) -> str:
    return word.lower().rstrip(".,")
