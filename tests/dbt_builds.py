"""dbt's models for tests: a home and a selection in dbt's words in, its models built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration import warehouse
from orchestration.dbt import models as dbt_models
from orchestration.dbt import prepared
from orchestration.dbt.kept import Kept
from orchestration.home import Home

Manifest = Mapping[str, Any]


def _and_all(manifest: Manifest, start: set[str], direction: str) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for other in manifest[direction].get(waiting.pop(), []):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _meant(manifest: Manifest, word: str) -> set[str]:
    """Return the nodes that ``[+]name[+]`` or ``[+]path:folder[+]`` means to dbt."""
    name = word.strip("+")
    start = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["name"] == name
        or (name.startswith("path:") and f"path:{node['original_file_path']}".startswith(name))
    }
    assert start, f"{word} means no node"
    found = set(start)
    if word.startswith("+"):
        found |= _and_all(manifest, start, "parent_map")
    if word.endswith("+"):
        found |= _and_all(manifest, start, "child_map")
    return found


def selected(manifest: Manifest, selection: Sequence[str]) -> list[str]:
    """Return the models and seeds of ``--select … --exclude …``; of nothing, all."""
    chosen = set(dbt_models.buildable(manifest))
    parts: dict[str, set[str]] = {}
    option = ""
    for word in selection:
        if word.startswith("--"):
            option = word
        else:
            parts.setdefault(option, set()).update(_meant(manifest, word))
    chosen &= parts.pop("--select", chosen)
    chosen -= parts.pop("--exclude", set())
    assert not parts, f"unknown options: {sorted(parts)}"
    return sorted(chosen)


def build_models(home: Path, *selection: str) -> None:
    """Build models and seeds as a run does."""
    project = prepared.project()
    chosen = selected(project.manifest, selection)
    with warehouse.connect(Home(home)) as con:
        kept = Kept(con, project.manifest, project.sql, changes=project.changes)
        results = dbt_models.build(
            con, project.manifest, project.sql, chosen, changes=project.changes, kept=kept
        )
    assert {one.unique_id: one.message for one in results if not one.stands} == {}
