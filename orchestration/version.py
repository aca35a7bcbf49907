"""Which code made a generation: the package's version and the commit, where there is one."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path


def commit(root: Path) -> str | None:
    """Return the checked-out commit's first twelve hex digits, None outside a repository."""
    head = root / ".git" / "HEAD"
    if not head.is_file():
        return None
    text = head.read_text().strip()
    if not text.startswith("ref: "):
        return text[:12]
    name = text.removeprefix("ref: ")
    loose = root / ".git" / name
    if loose.is_file():
        return loose.read_text().strip()[:12]
    packed = root / ".git" / "packed-refs"
    lines = packed.read_text().splitlines() if packed.is_file() else []
    return next((line.split()[0][:12] for line in lines if line.endswith(f" {name}")), None)


def code_version(root: Path) -> str:
    """Return e.g. ``0.1.0+821cc60a1b2c``."""
    version = importlib.metadata.version("crm-warehouse")
    sha = commit(root)
    return f"{version}+{sha}" if sha else version
