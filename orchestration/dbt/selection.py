"""Which dbt nodes one step builds, and which tests it can run then.

Scores are made in Python from dbt's features, and dbt's marts read scores: Dagster cuts the dbt
step in two. A test that compares tables from both sides must wait for the second.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

PYTHON_MADE = "crm"
"""dbt sources of this name are tables that Python makes from dbt's features."""

Manifest = Mapping[str, Any]


def downstream_of_scores(manifest: Manifest) -> frozenset[str]:
    """Return every node that needs a score table, directly or through others."""
    waiting = [
        unique_id
        for unique_id, source in manifest["sources"].items()
        if source["source_name"] == PYTHON_MADE
    ]
    found: set[str] = set()
    while waiting:
        for child in manifest["child_map"].get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


def data_tests_of(manifest: Manifest, built: Collection[str]) -> list[str]:
    """Return the data tests to run once ``built`` is there: those that wait for nothing later."""
    after_scores = downstream_of_scores(manifest)
    chosen = set(built)
    reaches_scores = bool(chosen & after_scores)
    score_tables = {
        unique_id
        for unique_id, source in manifest["sources"].items()
        if source["source_name"] == PYTHON_MADE
    }
    return sorted(
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "test"
        and (reaches_scores or unique_id not in after_scores)
        and (
            chosen.intersection(node["depends_on"]["nodes"])
            or (reaches_scores and score_tables.intersection(node["depends_on"]["nodes"]))
        )
    )
