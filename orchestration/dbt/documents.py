"""The YAML files of dbt's project: a file in, what it says out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML has it: the descriptions of the models take 4 CPU seconds to read without,
and half of them were read three times before the first test ran."""


def read_document(file: Path) -> dict[str, Any]:
    """Return what a file says."""
    document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506
    return document
