"""What the contract checks found, kept beside the pages for as long as the tables are the same.

Fingerprints of the raw tables and of what is asked of them in; the checks of an earlier run out,
for each table of which it looked at the very same rows. Great Expectations takes 5 s to import and
5 s to run; most runs of a quiet day load nothing, and others a few tables.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from orchestration.checks.check_results import CheckResult
from orchestration.home import Home
from orchestration.sql_text import quoted

KEPT = "checked.json"


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """What one entity's suite found."""

    entity: str
    rows: int
    results: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation holds."""
        return all(result.passed for result in self.results)


def columns_asked(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns that the expectations are about."""
    return sorted(
        {name for one in asked for name in [one.get("column"), *one.get("columns", [])] if name}
    )


def fingerprint(
    con: duckdb.DuckDBPyConnection, entity: str, asked: Sequence[Mapping[str, Any]]
) -> str:
    """Return what changes with any row of the raw table that is looked at, or with a question.

    Hashes are hashed once more, as ``orchestration.table_prints`` says.
    """
    hashed = ", ".join(quoted(name) for name in [*columns_asked(asked), "ingested_at", "batch_id"])
    row = con.execute(
        f"select count(*), sum(hash(hash({hashed}))) from raw.{quoted(entity)}"  # noqa: S608
    ).fetchone()
    said = json.dumps([row, asked, version("great-expectations")], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def results_folder(home: Home) -> Path:
    """Return the folder with what the pages are made of, a folder a table."""
    return home.data_docs / ".results"


def pages_folder(home: Home) -> Path:
    """Return the folder with the pages, a folder a table."""
    return home.data_docs / "validations"


def kept(home: Home, prints: Mapping[str, str]) -> dict[str, ContractCheck]:
    """Return what was found of each table that is what it was then, with its page.

    Only checks that passed are kept: a failed one is asked again.
    """
    file = home.data_docs / KEPT
    if not file.is_file() or not (home.data_docs / "index.html").is_file():
        return {}
    try:
        found = json.loads(file.read_bytes())
    except ValueError:
        # half a file of a run that was killed
        return {}
    return {
        one["entity"]: ContractCheck(
            entity=one["entity"],
            rows=one["rows"],
            results=tuple(CheckResult(**result) for result in one["results"]),
        )
        for one in found["checks"]
        # an earlier release had one fingerprint for all
        if "fingerprint" in one
        and one["fingerprint"] == prints.get(one["entity"])
        and (pages_folder(home) / one["entity"]).is_dir()
        and (results_folder(home) / one["entity"]).is_dir()
    }


def forget(home: Home, known: Collection[str]) -> bool:
    """Remove pages and results of all other tables; say whether there were any."""
    folders = [
        folder
        for parent in (results_folder(home), pages_folder(home))
        if parent.is_dir()
        for folder in parent.iterdir()
        if folder.is_dir() and folder.name not in known
    ]
    for folder in folders:
        shutil.rmtree(folder)
    return bool(folders)


def keep(home: Home, prints: Mapping[str, str], checks: Iterable[ContractCheck]) -> None:
    """Keep what was found of the tables that passed."""
    passed = [
        {"fingerprint": prints[check.entity], **asdict(check)} for check in checks if check.passed
    ]
    home.data_docs.mkdir(parents=True, exist_ok=True)
    (home.data_docs / KEPT).write_text(json.dumps({"checks": passed}))
