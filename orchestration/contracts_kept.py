"""What the contract checks found, kept beside the pages for as long as the tables are the same.

Fingerprints of the raw tables and of what is asked of them in; the checks of an earlier run out if
it looked at the very same rows. Great Expectations takes 5 s to import and 5 s to run, and most
runs of a quiet day load nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import duckdb

from orchestration.check_results import CheckResult
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


def kept(home: Home, prints: Mapping[str, str]) -> list[ContractCheck] | None:
    """Return what was found when the tables were as they are now; None if they were not.

    Only checks that passed are kept: a failed one is asked again.
    """
    file = home.data_docs / KEPT
    if not file.is_file() or not (home.data_docs / "index.html").is_file():
        return None
    try:
        found = json.loads(file.read_bytes())
    except ValueError:
        # half a file of a run that was killed
        return None
    if found["fingerprints"] != prints:
        return None
    return [
        ContractCheck(
            entity=one["entity"],
            rows=one["rows"],
            results=tuple(CheckResult(**result) for result in one["results"]),
        )
        for one in found["checks"]
    ]


def keep(home: Home, prints: Mapping[str, str], checks: Sequence[ContractCheck]) -> None:
    """Keep what was found, if all of it passed."""
    if all(check.passed for check in checks):
        content = {"fingerprints": prints, "checks": [asdict(check) for check in checks]}
        home.data_docs.mkdir(parents=True, exist_ok=True)
        (home.data_docs / KEPT).write_text(json.dumps(content))
