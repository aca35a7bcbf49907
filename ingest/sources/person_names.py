"""A full name in, first and last name out."""

from __future__ import annotations


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """Return first and last name; one word alone is a first name."""
    words = (name or "").split()
    if len(words) < 2:
        return (words[0] if words else None), None
    return " ".join(words[:-1]), words[-1]
