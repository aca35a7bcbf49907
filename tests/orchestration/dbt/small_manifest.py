"""Models as dbt describes them: names and what they are made of in, a manifest out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
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
        "depends_on": {
            "nodes": [one if "." in one else f"model.{one}" for one in parents],
        },
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


def seed(name: str, file: Path, columns: Mapping[str, str]) -> dict[str, Any]:
    """Describe a seed: its file and the types of its columns."""
    described = node(name)
    described |= {
        "unique_id": f"seed.{name}",
        "resource_type": "seed",
        "original_file_path": str(file),
        "columns": {column: {"name": column} for column in columns},
        "checksum": {"checksum": ""},
    }
    described["config"] |= {"materialized": "seed", "column_types": dict(columns)}
    return described


def data_test(name: str, *parents: str, **config: str) -> dict[str, Any]:
    """Describe a data test of models."""
    asked = {
        "fail_calc": "count(*)",
        "limit": None,
        "warn_if": "!= 0",
        "error_if": "!= 0",
        "severity": "ERROR",
    }
    if "error_if" in config:
        asked["warn_if"] = config["error_if"]
    return {
        "unique_id": f"test.{name}",
        "name": name,
        "resource_type": "test",
        "depends_on": {"nodes": [f"model.{parent}" for parent in parents]},
        "config": {**asked, **config},
    }
