"""``outbox.yml`` in; the tables to tell of, checked, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from models_ml.rule_checks import exact_keys, number, texts
from orchestration.errors import Refused

FILE = "orchestration/outbox/outbox.yml"
NO_CONSENT = "none"
ASKED = "asked"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RULES = {"key", "columns", "noise", "along", "only", "consent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One table to tell of; see ``outbox.yml`` for the meaning of each rule."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    noise: dict[str, float]
    along: tuple[str, ...]
    only: dict[str, list[Any]]
    consent: str

    @property
    def payload(self) -> tuple[str, ...]:
        """Columns of the payload, in their order."""
        return (*self.columns, *self.noise, *self.along)

    @property
    def asks_consent(self) -> bool:
        """Say whether ``consent`` names the column of crm.channel_preference to ask."""
        return self.consent not in (NO_CONSENT, ASKED)

    def named(self) -> Iterator[str]:
        """Return every column of the table that the declaration names."""
        yield from (*self.key, *self.payload, *self.only)
        if self.asks_consent:
            yield "customer_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """The whole file."""

    attempts: int
    kept_days: int
    tables: tuple[Declared, ...]


def load(text: str | None = None) -> Declarations:
    """Read the declarations from YAML, by default the packaged ``outbox.yml``.

    Raises
    ------
    Refused
        If a rule is missing, unknown or cannot be; the message names it.
    """
    if text is None:
        text = (files("orchestration.outbox") / "outbox.yml").read_text("utf-8")
    try:
        return _read(text)
    except ValueError as error:
        raise Refused(f"{FILE}: {error}: correct the file and run again.") from error


@cache
def _read(text: str) -> Declarations:
    try:
        rules = yaml.load(text, Loader=_LOADER)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(f"no YAML ({' '.join(str(error).split())})") from error
    exact_keys("the file", rules, {"attempts", "kept_days", "tables"})
    for least_one in ("attempts", "kept_days"):
        if number(least_one, rules[least_one], int) < 1:
            raise ValueError(f"{least_one} must be at least 1, got {rules[least_one]}")
    if not isinstance(rules["tables"], dict):
        raise ValueError(f"tables must name tables, got {rules['tables']!r}")
    tables = tuple(_table(str(name), rule) for name, rule in rules["tables"].items())
    return Declarations(attempts=rules["attempts"], kept_days=rules["kept_days"], tables=tables)


def _table(name: str, rule: Any) -> Declared:
    exact_keys(name, rule, _RULES)
    for part in ("noise", "only"):
        if not isinstance(rule[part], dict):
            raise ValueError(f"{name}.{part} must be columns with values, got {rule[part]!r}")
    for column, values in rule["only"].items():
        if not isinstance(values, list) or not values:
            raise ValueError(f"{name}.only.{column} must be a list of values, got {values!r}")
    for column, least in rule["noise"].items():
        if not number(f"{name}.noise.{column}", least, float) > 0:
            raise ValueError(f"{name}.noise.{column} must be above 0, got {least}")
    if not isinstance(rule["consent"], str):
        raise ValueError(f"{name}.consent must be none, asked or a column, got {rule['consent']!r}")
    declared = Declared(
        name=name,
        key=texts(f"{name}.key", rule["key"]),
        columns=texts(f"{name}.columns", rule["columns"]),
        noise={str(column): float(least) for column, least in rule["noise"].items()},
        along=texts(f"{name}.along", rule["along"]),
        only=rule["only"],
        consent=rule["consent"],
    )
    if not declared.key:
        raise ValueError(f"{name}.key must name a column, got none")
    told = (*declared.key, *declared.payload)
    twice = sorted({column for column in told if told.count(column) > 1})
    if twice:
        raise ValueError(f"{name} names {', '.join(twice)} more than once")
    return declared
