"""The rules of ``guards.yml``, and what a company changes of them, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from models_ml.identity.guard_checks import domains, id_types, mailboxes, patterns
from models_ml.identity.own_guards import changed, packaged_part, read_rules
from models_ml.rule_checks import exact_keys, number, texts

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

_WHOLE = ("largest_block", "largest_coarse_block", "dense_from")
_SHARES = ("used_from", "asked_from", "density")
"""Rules of ``matching`` that are numbers."""

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
    """All rules; ``kinds`` is ordered, strongest first.

    Parameters
    ----------
    packaged
        Those of them that ``guards.yml`` states; None where a company changes nothing.
    """

    blocked_emails: tuple[str, ...]
    blocked_phones: tuple[str, ...]
    blocked_values: tuple[str, ...]
    blocked_tax_numbers: tuple[str, ...]
    role_addresses: tuple[str, ...]
    disposable_domains: tuple[str, ...]
    free_mail_domains: tuple[str, ...]
    shared_domains: tuple[str, ...]
    unique: tuple[str, ...]
    kinds: tuple[Kind, ...]
    not_a_person: tuple[str, ...]
    max_identifiers: int
    matching: Matching
    packaged: Guards | None = None


def load_guards(text: str | None = None, own: str | None = None) -> Guards:
    """Read the rules from YAML, by default the packaged ``guards.yml``.

    Parameters
    ----------
    own
        What a company changes of them, as YAML too: its lists add to those here or, written as
        ``{replace: […]}``, take their place; other values take the place of those here.

    Raises
    ------
    ValueError
        If a rule is missing, unknown or cannot be; the message names it, and ``guards.yml`` unless
        it is one of the company's own.
    """
    if text is None:
        text = (files("models_ml.identity") / "guards.yml").read_text("utf-8")
    try:
        guards = _read(text)
    except ValueError as error:
        raise ValueError(f"guards.yml: {error}") from error
    return guards if own is None else _read(text, own)


@cache
def _read(text: str, own: str | None = None) -> Guards:
    rules = read_rules(text)
    if own is None:
        return _guards(rules)
    stated = read_rules(own)
    in_force = changed(rules, stated)
    if in_force == rules:
        return _guards(rules)
    return replace(_guards(in_force), packaged=_guards(packaged_part(rules, stated)))


def _guards(rules: Any) -> Guards:
    exact_keys(
        "guards",
        rules,
        {
            "blocked",
            "role_addresses",
            "disposable_domains",
            "free_mail_domains",
            "shared_domains",
            "unique",
            "kinds",
            "not_a_person",
            "max_identifiers",
            "matching",
        },
    )
    blocked = rules["blocked"]
    exact_keys("blocked", blocked, {"emails", "phones", "values", "tax_numbers"})
    exact_keys("kinds", rules["kinds"], set(KINDS))
    max_identifiers = number("max_identifiers", rules["max_identifiers"], int)
    if max_identifiers < 2:
        raise ValueError(f"max_identifiers must be at least 2, got {max_identifiers}")
    return Guards(
        blocked_emails=patterns("blocked.emails", blocked["emails"], "anna.berg@firm.example"),
        blocked_phones=patterns("blocked.phones", blocked["phones"], "493090182045"),
        blocked_values=patterns("blocked.values", blocked["values"], "a7309c45"),
        blocked_tax_numbers=patterns("blocked.tax_numbers", blocked["tax_numbers"], "de136695976"),
        role_addresses=mailboxes("role_addresses", rules["role_addresses"]),
        disposable_domains=domains("disposable_domains", rules["disposable_domains"]),
        free_mail_domains=domains("free_mail_domains", rules["free_mail_domains"]),
        shared_domains=domains("shared_domains", rules["shared_domains"]),
        unique=id_types("unique", rules["unique"]),
        kinds=tuple(_kind(name, rule) for name, rule in rules["kinds"].items()),
        not_a_person=id_types("not_a_person", rules["not_a_person"]),
        max_identifiers=max_identifiers,
        matching=_matching(rules["matching"]),
    )


def _matching(rule: dict[str, Any]) -> Matching:
    exact_keys("matching", rule, {field.name for field in fields(Matching)})
    for name in _WHOLE:
        number(f"matching.{name}", rule[name], int)
    for name in _SHARES:
        number(f"matching.{name}", rule[name], float)
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
    address = texts("matching.household_address", rule["household_address"])
    unknown = set(address) - set(ADDRESS_RELATIONS)
    if unknown:
        raise ValueError(
            f"matching.household_address must be of {', '.join(ADDRESS_RELATIONS)}, "
            f"got {', '.join(sorted(unknown))}"
        )
    return Matching(**rule | {"household_address": address})


def _kind(name: str, rule: dict[str, Any]) -> Kind:
    exact_keys(f"kinds.{name}", rule, {"max_people", "names", "different"})
    if rule["names"] not in get_args(Names):
        raise ValueError(
            f"kinds.{name}.names must be one of {', '.join(get_args(Names))}, got {rule['names']!r}"
        )
    if not 1 <= number(f"kinds.{name}.max_people", rule["max_people"], int) <= 20:
        # every pair of them is compared, so the limit is also one of time
        raise ValueError(f"kinds.{name}.max_people must be 1 to 20, got {rule['max_people']}")
    return Kind(
        name=name,
        max_people=rule["max_people"],
        names=rule["names"],
        different=id_types(f"kinds.{name}.different", rule["different"]),
    )
