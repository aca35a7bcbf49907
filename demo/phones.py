"""Phone numbers that nobody has: countries in, distinct E.164 numbers out.

The ranges are set aside for drama by the German, British, French and American regulators; the
German ones are extended by extension digits. Other countries use the German ranges, so do
persons beyond the size of a country's range.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_GERMAN = ("493023125", "494066969", "492214710", "496990009", "498999998")
_BRITISH = (
    *(f"44{area}4960" for area in (113, 114, 116, 117, 118, 121, 131, 141, 151, 161)),
    "442079460",
    "442920180",
)
_FRENCH = ("3319900", "3326191", "3335301", "3346571", "3353649")
_AMERICAN = tuple(
    f"1{area}55501"
    for area in (202, 205, 212, 213, 214, 215, 216, 303, 305, 310, 312, 313, 314, 404, 408, 412,
                 415, 503, 504, 512, 602, 612, 614, 615, 617, 619, 702, 704, 713, 717, 801, 813)
)  # fmt: skip
_RANGES: dict[str, tuple[tuple[str, ...], int]] = {
    "DE": (_GERMAN, 5),
    "GB": (_BRITISH, 3),
    "FR": (_FRENCH, 4),
    "US": (_AMERICAN, 2),
}
SWITCHBOARD_SERIALS = 100_000
"""Serials above the persons' ones in the first German range, kept for company switchboards."""


def _pool(country: str) -> int:
    prefixes, digits = _RANGES[country]
    return len(prefixes) * 10**digits


def _number(country: str, serial: int) -> str:
    prefixes, digits = _RANGES[country]
    return f"+{prefixes[serial // 10**digits]}{serial % 10**digits:0{digits}d}"


def personal_numbers(rng: np.random.Generator, countries: NDArray[Any]) -> NDArray[Any]:
    """Return one number per person, all different, outside the switchboard range."""
    numbers = np.empty(len(countries), dtype=object)
    overflow = [np.flatnonzero(~np.isin(countries, ["GB", "FR", "US"]))]
    for country in ("GB", "FR", "US"):
        rows = np.flatnonzero(countries == country)
        serials = rng.permutation(_pool(country))[: len(rows)]
        numbers[rows[: len(serials)]] = [_number(country, int(s)) for s in serials]
        overflow.append(rows[len(serials) :])
    rows = np.concatenate(overflow)
    serials = SWITCHBOARD_SERIALS + rng.permutation(_pool("DE") - SWITCHBOARD_SERIALS)[: len(rows)]
    numbers[rows] = [_number("DE", int(s)) for s in serials]
    return numbers


def switchboard_numbers(rng: np.random.Generator, count: int) -> NDArray[Any]:
    """Return ``count`` different company numbers (at most 100,000)."""
    serials = rng.permutation(SWITCHBOARD_SERIALS)[:count]
    return np.array([_number("DE", int(s)) for s in serials], dtype=object)


def dialled(number: str) -> str:
    """Return an E.164 number as a Berlin exchange writes it: national, or 00 and country code."""
    return f"0{number[3:]}" if number.startswith("+49") else f"00{number[1:]}"
