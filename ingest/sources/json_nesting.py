"""JSON in, whether it nests too deep to be handled safely out."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

MAX_NESTING = 64
"""Real payloads nest below ten levels. A few hundred exhaust the stack of recursive readers
further down the line, and nobody sends them by accident."""

_STEPS = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[\[{]|[\]}]', re.DOTALL)


def nesting(text: str) -> int:
    """Return how deep arrays and objects nest in ``text``, valid JSON or not."""
    deepest = depth = 0
    for step in _STEPS.finditer(text):
        first = step.group()[0]
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth -= 1
    return deepest


def is_too_deep(line: pl.Series) -> pl.Series:
    """Return which lines nest deeper than 64 levels."""
    # that depth needs as many opening brackets, which next to no line has
    is_candidate = line.str.count_matches(r"[\[{]") > MAX_NESTING
    if not is_candidate.any():
        return is_candidate
    candidates = line.filter(is_candidate)
    deep = [text for text in candidates.unique() if nesting(text) > MAX_NESTING]
    return line.is_in(deep)


def is_nested_deeper(value: Any, levels: int) -> bool:
    """Return whether arrays and objects in a decoded ``value`` nest deeper than ``levels``."""
    level = [value]
    for _ in range(levels):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return any(isinstance(child, (dict, list)) for child in level)
