"""The dbt project as dbt understands it, its models and tests as SQL: made once per checkout.

``dbt_project/`` in; ``manifest.json`` and the SQL of every model and data test out, in
``target/crm/`` of the checkout. None of it depends on a home: every home's build database is called
``warehouse``. Reading and compiling the project takes dbt half a minute; every home and every
process shares it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.errors import Refused
from orchestration.home import QUIET, ROOT

STAMP = "prepared"
"""The digest of what was read, as old as the moment at which it began to be read."""
MANIFEST = "manifest.json"
"""What dbt writes under this name."""
COMPILED = "compiled.json"
"""SQL by unique id."""
CHANGES = "changes.json"
"""SQL that selects only what changed, by unique id, of the models that can be built so."""
LOCK = "lock"
"""Held alone by whoever makes the files, shared by whoever reads them."""


class ProjectUnreadable(Refused):
    """dbt cannot make sense of its project."""


def folder() -> Path:
    """Return where it lies; each version of dbt has its own, for it reads no other's files."""
    names = [f"{package}-{version(package)}" for package in ("dbt-core", "dbt-duckdb")]
    return Path(os.environ.get("CRM_PREPARED") or ROOT / "target" / "crm") / "-".join(names)


def source_files() -> list[Path]:
    """Return every file that the manifest is made of."""
    return [
        ROOT / "dbt_project.yml",
        ROOT / "profiles.yml",
        *(path for path in (ROOT / "dbt_project").rglob("*") if path.is_file()),
    ]


def digest() -> str:
    """Return what changes with the name or the content of any of these files."""
    found = hashlib.sha256()
    for path in sorted(source_files()):
        content = path.read_bytes()
        found.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def is_stale() -> bool:
    """Say whether anything was changed since it was made, or it never was.

    Files that are newer and say the same, as those of another branch and back, change nothing.
    """
    stamp = folder() / STAMP
    if not stamp.is_file():
        return True
    made_at, looked_at = stamp.stat().st_mtime_ns, time.time_ns()
    # a deleted model changes its folder only
    folders = (path for path in (ROOT / "dbt_project").rglob("*") if path.is_dir())
    if all(path.stat().st_mtime_ns <= made_at for path in [*source_files(), *folders]):
        return False
    if stamp.read_text() != digest():
        return True
    with contextlib.suppress(PermissionError):
        os.utime(stamp, ns=(looked_at, looked_at))
    return False


def environment() -> dict[str, str]:
    """Return the environment in which the project is read: of no home."""
    scratch = folder()
    return {
        **os.environ,
        **QUIET,
        "CRM_HOME": str(scratch),
        "DBT_PROJECT_DIR": str(ROOT),
        "DBT_PROFILES_DIR": str(ROOT),
        "DBT_TARGET_PATH": str(scratch),
        "DBT_LOG_PATH": str(scratch / "logs"),
    }


def start() -> subprocess.Popen[str]:
    """Start making it in a process of its own, which ends at once if nothing is to do."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.dbt.prepare"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def up_to_date() -> Path:
    """Return the folder, its files made anew if any model is newer.

    Raises
    ------
    ProjectUnreadable
        If dbt rejects the project; its own words say where.
    """
    if is_stale():
        with start() as child:
            _, said = child.communicate()
        if child.returncode:
            words = said.strip() or f"the process ended with {child.returncode}"
            raise ProjectUnreadable(
                f"dbt cannot read its project: {words}; `dbt parse` in {ROOT} tells more."
            )
    return folder()


@dataclass(frozen=True, slots=True)
class Project:
    """The project at one moment.

    Parameters
    ----------
    manifest
        What ``manifest.json`` says.
    sql
        The SQL of every model and data test by unique id.
    changes
        What ``dbt_changes`` builds by: the SQL that selects only what changed.
    """

    manifest: dict[str, Any]
    sql: dict[str, str]
    changes: dict[str, str]


@cache
def project() -> Project:
    """Return the project; a process keeps to what it read first, whoever edits it meanwhile."""
    found = up_to_date()
    with (found / LOCK).open() as lock:
        # another process may be making it anew: its files belong together
        fcntl.flock(lock, fcntl.LOCK_SH)
        return Project(
            manifest=json.loads((found / MANIFEST).read_bytes()),
            sql=json.loads((found / COMPILED).read_bytes()),
            changes=json.loads((found / CHANGES).read_bytes()),
        )
