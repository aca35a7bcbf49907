"""The home folder: where everything a run reads and writes lies.

``--home``, else ``$CRM_HOME``, else ``./data``  ->  paths, and the environment that dbt and
Dagster need to find them
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import WrongUse

ROOT = Path(__file__).resolve().parents[1]
"""The repository: ``dbt_project.yml`` and ``profiles.yml`` lie here."""

DAGSTER_YAML = """\
# written by crm; edit as you like, it is not written again
telemetry:
  enabled: false
# capturing what a step prints costs three processes a step, and ours print nothing
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# DuckDB has one writing process
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
freshness:
  enabled: true
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 30
      success: 90
"""

QUIET: dict[str, str] = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
}
"""Switches that keep every tool from calling its vendor."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folders and files under one ``$CRM_HOME``.

    Parameters
    ----------
    folder
        Absolute path; need not exist yet.
    """

    folder: Path

    @classmethod
    def find(cls, option: Path | None = None) -> Home:
        """Return the home that ``--home`` names, else ``$CRM_HOME``, else ``./data``."""
        chosen = option or Path(os.environ.get("CRM_HOME") or "data")
        return cls(chosen.expanduser().absolute())

    @property
    def sources_file(self) -> Path:
        """Which files feed which entity."""
        return self.folder / "sources.yml"

    @property
    def guards_file(self) -> Path:
        """What may join two people here, where that differs from the defaults; may be missing."""
        return self.folder / "identity_guards.yml"

    @property
    def landing(self) -> Path:
        """What arrived; never changed."""
        return self.folder / "landing"

    @property
    def warehouse(self) -> Path:
        """The private build database."""
        return self.folder / "warehouse.duckdb"

    @property
    def published_folder(self) -> Path:
        """The generations."""
        return self.folder / "published"

    @property
    def published(self) -> Path:
        """What readers open: a link to the current generation."""
        return self.published_folder / "crm.duckdb"

    @property
    def models(self) -> Path:
        """Fitted models, by score and version."""
        return self.folder / "models"

    @property
    def truth(self) -> Path:
        """Planted truth of the simulated company."""
        return self.folder / "truth"

    @property
    def dagster(self) -> Path:
        """Run history."""
        return self.folder / "dagster"

    @property
    def dbt_target(self) -> Path:
        """The manifest and compiled SQL."""
        return self.folder / "dbt" / "target"

    @property
    def data_docs(self) -> Path:
        """HTML pages of the expectations and their results."""
        return self.folder / "data_docs"

    @property
    def run_lock(self) -> Path:
        """Held by the one process that runs the job."""
        return self.folder / "run.lock"

    def require(self) -> Home:
        """Return itself if the folder is there and holds a ``sources.yml``.

        Raises
        ------
        WrongUse
            If it is not.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise WrongUse(
                f"The home {self.folder} is a file: name a folder with --home or $CRM_HOME."
            )
        if not self.folder.is_dir():
            raise WrongUse(
                f"The home folder {self.folder} does not exist: create it with a sources.yml and "
                "a landing/ folder, name another one with --home or $CRM_HOME, or try `crm demo`."
            )
        if not self.sources_file.is_file():
            raise WrongUse(
                f"{self.sources_file} does not exist: write it (see docs/sources/README.md), name "
                "another folder with --home or $CRM_HOME, or try `crm demo`."
            )
        return self

    def use(self) -> Home:
        """Make the folders and point dbt, Dagster and child processes at them."""
        for folder in (self.dagster, self.dbt_target, self.published_folder):
            folder.mkdir(parents=True, exist_ok=True)
        settings = self.dagster / "dagster.yaml"
        if not settings.exists():
            settings.write_text(DAGSTER_YAML)
        os.environ.update(
            QUIET,
            CRM_HOME=str(self.folder),
            DAGSTER_HOME=str(self.dagster),
            DBT_PROJECT_DIR=str(ROOT),
            DBT_PROFILES_DIR=str(ROOT),
            DBT_TARGET_PATH=str(self.dbt_target),
            DBT_LOG_PATH=str(self.dbt_target.parent / "logs"),
        )
        return self
