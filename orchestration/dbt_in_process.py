"""dbt inside this process: one start-up (6 s of imports) for parsing and every build.

The stock resource starts ``dbt --version`` first, which asks the package index for news, and a
child process per build, which outlives a killed run and keeps the warehouse locked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from orchestration.errors import Refused
from orchestration.home import ROOT, Home

log = logging.getLogger(__name__)

_parsed: dict[Path, Any] = {}
"""Manifest by home, kept from parsing for the builds of the same process."""


class DbtFailed(Refused):
    """dbt could not even start on the models: a parse error, a locked or unreadable database."""


def source_files() -> list[Path]:
    """Return every file that the manifest is made of."""
    return [
        ROOT / "dbt_project.yml",
        ROOT / "profiles.yml",
        *(path for path in (ROOT / "dbt_project").rglob("*") if path.is_file()),
    ]


def is_stale(manifest: Path) -> bool:
    """Say whether a manifest is missing or older than any file it is made of."""
    if not manifest.is_file():
        return True
    made_at = manifest.stat().st_mtime_ns
    # a deleted model changes its folder only
    folders = (path for path in (ROOT / "dbt_project").rglob("*") if path.is_dir())
    return any(path.stat().st_mtime_ns > made_at for path in [*source_files(), *folders])


def _invoke(
    home: Home, arguments: Sequence[str], on_event: Callable[[Any], None] | None = None
) -> Any:
    """Run one dbt command and give back its result; the warehouse is closed afterwards."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections, reset_adapters
    from dbt.cli.main import dbtRunner

    runner = dbtRunner(
        manifest=_parsed.get(home.folder), callbacks=[on_event] if on_event else None
    )
    try:
        outcome = runner.invoke(
            # each of its 20,000 debug lines is formatted even where none is written
            ["--log-level", "none", "--log-level-file", "none", "--no-use-colors", *arguments]
        )
    finally:
        # dbt-duckdb keeps its connection until the process ends, and with it the lock; a second
        # invocation must not find the closed one either
        cleanup_connections()
        reset_adapters()
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager._ENV = None
    if isinstance(outcome.exception, KeyboardInterrupt | SystemExit):
        raise outcome.exception
    if outcome.exception is not None:
        raise DbtFailed(
            f"dbt {arguments[0]} failed: {str(outcome.exception).strip()}; `dbt {arguments[0]}` in "
            f"{ROOT} (CRM_HOME={home.folder}) tells more."
        ) from outcome.exception
    return outcome.result


def manifest_path(home: Home) -> Path:
    """Return the home's ``manifest.json``, parsed anew if any model is newer."""
    path = home.dbt_target / "manifest.json"
    if is_stale(path):
        home.use()
        log.info("parsing the dbt project into %s", path)
        _parsed[home.folder] = _invoke(home, ["parse"])
    return path


def build(home: Home, arguments: Sequence[str], on_event: Callable[[Any], None]) -> Sequence[Any]:
    """Build models, seeds and snapshots and return one result per node.

    Parameters
    ----------
    arguments
        Selection; empty for everything.
    on_event
        Called with every dbt event while the build runs, from dbt's threads.

    Raises
    ------
    DbtFailed
        If dbt ended before it had results. Failed nodes do not raise: they are in the results.
    """
    if home.folder not in _parsed:
        # the manifest that is there is up to date; reading it once serves all builds that follow
        _parsed[home.folder] = _invoke(home, ["parse", "--no-write-json"])
    kinds = [word for kind in ("model", "seed", "snapshot") for word in ("--resource-type", kind)]
    result = _invoke(home, ["build", "--no-write-json", *kinds, *arguments], on_event)
    nodes: Sequence[Any] = result.results
    return nodes


def compile_tests(home: Home) -> dict[str, str]:
    """Return the SQL of every data test by unique id."""
    result = _invoke(
        home, ["compile", "--no-populate-cache", "--no-introspect", "--select", "test_type:data"]
    )
    return {one.node.unique_id: one.node.compiled_code for one in result.results}
