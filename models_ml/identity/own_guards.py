"""The packaged rules and what a company changes of them in, the rules in force out."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

from models_ml.rule_checks import texts

REPLACE = "replace"
"""Key over a list that takes the place of the packaged one instead of adding to it."""

_QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C: the one in Python takes a tenth of a small run."""


class _Loader(_QUICK):
    """Refuses a key that stands twice: YAML would take the last one, and lose the other.

    And what its constructors fail at with errors that name neither value nor line.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return super().construct_object(node, deep=deep)
        try:
            return super().construct_object(node, deep=deep)
        except (AttributeError, KeyError, ValueError) as error:
            line, kind = node.start_mark.line + 1, node.tag.rpartition(":")[2]
            raise ValueError(
                f"{node.value!r} in line {line} is no {kind}: write it in quotes, without a !"
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise ValueError(f"line {node.start_mark.line + 1} must hold keys and their values")
        seen = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ValueError(f"a key must be a single word, and in line {line} it is not")
            if key.value in seen:
                raise ValueError(f"{key.value} stands a second time in line {line}: remove one")
            seen.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return found


def read_rules(text: str) -> Any:
    """Return the rules of a YAML text; nothing where only comments stand.

    Raises
    ------
    ValueError
        If it is no YAML, or a key stands twice.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(f"no YAML: {' '.join(str(error).split())}") from error


def changed(rules: dict[str, Any], own: Any, place: str = "") -> dict[str, Any]:
    """Return the rules with a company's own: lists added to, other values replaced.

    Parameters
    ----------
    place
        Keys that lead to these rules.

    Raises
    ------
    ValueError
        If a key is none of the rules, or nothing stands under it; the message names it.
    """
    if own is None and not place:
        return rules
    if not isinstance(own, dict):
        raise ValueError(f"{place or 'it'} must have keys of {', '.join(rules)}, got {own!r}")
    result = dict(rules)
    for key, value in own.items():
        name = f"{place}.{key}" if place else str(key)
        if key not in rules:
            raise ValueError(f"{name} is no rule: there are {', '.join(rules)}")
        if value is None:
            raise ValueError(f"{name} has no value: nothing stands under it")
        if isinstance(rules[key], dict):
            result[key] = changed(rules[key], value, name)
        elif isinstance(rules[key], list):
            result[key] = _list(rules[key], value, name)
        else:
            result[key] = value
    return result


def packaged_part(rules: dict[str, Any], own: Any) -> dict[str, Any]:
    """Return the packaged rules without the lists that a company has replaced.

    Parameters
    ----------
    own
        What ``changed`` has accepted.
    """
    result = dict(rules)
    for key, value in (own or {}).items():
        if isinstance(rules[key], dict):
            result[key] = packaged_part(rules[key], value)
        elif isinstance(rules[key], list) and isinstance(value, dict):
            result[key] = []
    return result


def _list(default: list[str], own: Any, name: str) -> list[str]:
    if isinstance(own, dict):
        if list(own) != [REPLACE]:
            raise ValueError(
                f"{name} must be a list, which adds to the default, or {{{REPLACE}: […]}}, which "
                f"takes its place, got {own!r}"
            )
        return [*texts(name, own[REPLACE])]
    return [*dict.fromkeys([*default, *texts(name, own)])]
