"""The rules of ``guards.yml``, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import polars as pl
import yaml

Names = Literal["one_agrees", "both_agree", "scored", "ignore"]

PROBABILISTIC = "probabilistic"
"""Kind of the pairs of records that are alike, see ``matching``."""

KINDS = (
    "user_id",
    "tax_number",
    "social",
    "email",
    "mailbox",
    "domain",
    "phone",
    "device",
    "anonymous_id",
    PROBABILISTIC,
)
"""Kinds of evidence; identifier types but for ``mailbox``, role and disposable e-mail, and
``probabilistic``."""


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

ADDRESS_RELATIONS = ("same", "same street", "same postal code")
"""Relations of two addresses that may be one home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one kind of evidence may join; see ``guards.yml`` for the meaning of each rule."""

    name: str
    max_people: int
    names: Names
    different: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Which records are compared for their likeness, and what it takes to join them."""

    used_from: float
    asked_from: float
    largest_block: int
    largest_coarse_block: int
    household_address: tuple[str, ...]
    dense_from: int
    density: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """All rules; ``kinds`` is ordered, strongest first."""

    blocked_emails: tuple[str, ...]
    blocked_phones: tuple[str, ...]
    blocked_values: tuple[str, ...]
    role_addresses: tuple[str, ...]
    disposable_domains: tuple[str, ...]
    free_mail_domains: tuple[str, ...]
    unique: tuple[str, ...]
    kinds: tuple[Kind, ...]
    not_a_person: tuple[str, ...]
    max_identifiers: int
    matching: Matching


def load_guards(text: str | None = None) -> Guards:
    """Read the rules from YAML, by default the packaged ``guards.yml``.

    Raises
    ------
    ValueError
        If a rule is missing, unknown or cannot be; the message names it.
    """
    if text is None:
        text = (files("models_ml.identity") / "guards.yml").read_text("utf-8")
    return _read(text)


@cache
def _read(text: str) -> Guards:
    # the parser in C: the one in Python takes a tenth of a small run
    rules = yaml.load(text, Loader=_LOADER)  # noqa: S506
    _exact_keys(
        "guards",
        rules,
        {
            "blocked",
            "role_addresses",
            "disposable_domains",
            "free_mail_domains",
            "unique",
            "kinds",
            "not_a_person",
            "max_identifiers",
            "matching",
        },
    )
    _exact_keys("blocked", rules["blocked"], {"emails", "phones", "values"})
    _exact_keys("kinds", rules["kinds"], set(KINDS))
    if rules["max_identifiers"] < 2:
        raise ValueError(f"max_identifiers must be at least 2, got {rules['max_identifiers']}")
    return Guards(
        blocked_emails=_patterns("blocked.emails", rules["blocked"]["emails"]),
        blocked_phones=_patterns("blocked.phones", rules["blocked"]["phones"]),
        blocked_values=_patterns("blocked.values", rules["blocked"]["values"]),
        role_addresses=tuple(map(str, rules["role_addresses"])),
        disposable_domains=tuple(map(str, rules["disposable_domains"])),
        free_mail_domains=tuple(map(str, rules["free_mail_domains"])),
        unique=tuple(map(str, rules["unique"])),
        kinds=tuple(_kind(name, rule) for name, rule in rules["kinds"].items()),
        not_a_person=tuple(rules["not_a_person"]),
        max_identifiers=rules["max_identifiers"],
        matching=_matching(rules["matching"]),
    )


def _matching(rule: dict[str, Any]) -> Matching:
    _exact_keys("matching", rule, {field.name for field in fields(Matching)})
    if not 0 <= rule["density"] <= 1:
        raise ValueError(f"matching.density must be 0 to 1, got {rule['density']}")
    if not 0.5 <= rule["asked_from"] <= rule["used_from"] <= 1:
        raise ValueError(
            "matching.asked_from and matching.used_from must be 0.5 to 1, in this order, got "
            f"{rule['asked_from']} and {rule['used_from']}"
        )
    if not 2 <= rule["largest_block"] <= 1000:
        # every pair of a block is compared
        raise ValueError(f"matching.largest_block must be 2 to 1000, got {rule['largest_block']}")
    if not 2 <= rule["largest_coarse_block"] <= rule["largest_block"]:
        raise ValueError(
            f"matching.largest_coarse_block must be 2 to largest_block ({rule['largest_block']}), "
            f"got {rule['largest_coarse_block']}"
        )
    unknown = set(rule["household_address"]) - set(ADDRESS_RELATIONS)
    if unknown:
        raise ValueError(
            f"matching.household_address must be of {', '.join(ADDRESS_RELATIONS)}, "
            f"got {', '.join(sorted(map(str, unknown)))}"
        )
    return Matching(**rule | {"household_address": tuple(rule["household_address"])})


def _kind(name: str, rule: dict[str, Any]) -> Kind:
    _exact_keys(f"kinds.{name}", rule, {"max_people", "names", "different"})
    if rule["names"] not in get_args(Names):
        raise ValueError(
            f"kinds.{name}.names must be one of {', '.join(get_args(Names))}, got {rule['names']!r}"
        )
    if not 1 <= rule["max_people"] <= 20:
        # every pair of them is compared, so the limit is also one of time
        raise ValueError(f"kinds.{name}.max_people must be 1 to 20, got {rule['max_people']}")
    return Kind(
        name=name,
        max_people=rule["max_people"],
        names=rule["names"],
        different=tuple(rule["different"]),
    )


def _exact_keys(place: str, found: Any, wanted: set[str]) -> None:
    if not isinstance(found, dict) or set(found) != wanted:
        given = ", ".join(sorted(map(str, found))) if isinstance(found, dict) else repr(found)
        raise ValueError(f"{place} must have exactly {', '.join(sorted(wanted))}; it has {given}")


def _patterns(place: str, patterns: list[str]) -> tuple[str, ...]:
    for pattern in patterns:
        try:
            # Polars' expressions know no look-around and no back references, Python's do
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError as error:
            raise ValueError(f"{place}: {pattern!r} is no regular expression: {error}") from error
    return tuple(patterns)
