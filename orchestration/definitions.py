"""Everything in ``defs/``, as Dagster finds it (``dagster dev``, ``dg``, ``crm run``)."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from orchestration.home import Home

# dagster dev, its daemon and every run worker import this module first; dbt and child processes
# must find the same home as `crm` does
Home.find().use()


@dg.definitions
def defs() -> dg.Definitions:
    """Return every asset, check, job, schedule, sensor and resource of ``defs/``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
