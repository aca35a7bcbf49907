"""A value of a file of rules in, the same with its type out; a sentence where it is another."""

from __future__ import annotations

from typing import Any, TypeVar

Number = TypeVar("Number", int, float)


def exact_keys(place: str, found: Any, wanted: set[str]) -> None:
    """Check that a part of the rules has these keys and no other."""
    if not isinstance(found, dict) or set(found) != wanted:
        given = ", ".join(sorted(map(str, found))) if isinstance(found, dict) else repr(found)
        raise ValueError(f"{place} must have exactly {', '.join(sorted(wanted))}; it has {given}")


def number(place: str, found: Any, kind: type[Number]) -> Number:
    """Return a number; true and false are none, though Python takes them for one and zero."""
    if not isinstance(found, (int, kind)) or isinstance(found, bool):
        wanted = "a whole number" if kind is int else "a number"
        raise ValueError(f"{place} must be {wanted}, got {found!r}")
    return found


def texts(place: str, found: Any) -> tuple[str, ...]:
    """Return a list of texts; a lone text would be taken for the list of its letters."""
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(
            f"{place} must be a list of texts, got {found!r}; YAML takes no, on and 0 for texts "
            "in quotes only"
        )
    return tuple(found)
