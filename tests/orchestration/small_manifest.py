"""Models as dbt describes them: names and what they are made of in, a manifest out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def node(
    name: str,
    *parents: str,
    materialized: str = "table",
    columns: Mapping[str, str] | None = None,
    meta: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "unique_id": f"model.{name}",
        "name": name,
        "alias": name,
        "schema": "marts",
        "resource_type": "model",
        "depends_on": {"nodes": [f"model.{parent}" for parent in parents]},
        "config": {
            "materialized": materialized,
            "contract": {"enforced": columns is not None},
            "meta": dict(meta or {}),
        },
        "columns": {
            column: {"name": column, "data_type": kind} for column, kind in (columns or {}).items()
        },
        "original_file_path": f"models/{name}.sql",
        "patch_path": f"crm://models/_{name}.yml",
    }


def manifest(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": {one["unique_id"]: one for one in nodes}, "sources": {}}
