"""What the tests that feed a CRM's reader with anything have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ingest.contracts import CONTRACTS
from ingest.parsed import UnreadableFile
from ingest.sources.objects import NativeObject

QUICK = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just("2024-01-01")
"""Values of a field."""


def any_json(*names: str) -> st.SearchStrategy[Any]:
    """Return JSON of every shape, in which ``names`` are often keys."""
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
    keys = st.sampled_from(names) | st.text(max_size=4)
    return st.recursive(
        leaves | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


def survives(
    read: Callable[..., Any], format_: str, path: Path, content: Any, **options: Any
) -> None:
    """Write bytes, or anything else as JSON, and read it: rows and reasons, or a refusal."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(text)
    with suppress(UnreadableFile):
        read(format_, path, **options)


def unmapped(objects: Iterable[NativeObject]) -> list[tuple[str, str, set[str]]]:
    """Return the maps that leave out what a contract requires, with what they leave out."""
    found = []
    for native in objects:
        for each in native.maps:
            required = {c.name for c in CONTRACTS[each.entity].columns if c.required or c.key}
            if missing := required - set(each.entity_map.columns):
                found.append((native.name, each.entity, missing))
    return found
