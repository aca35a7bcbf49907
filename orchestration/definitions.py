"""Everything in ``defs/``, as Dagster finds it (``dagster dev``, ``dg``, ``crm run``)."""

from __future__ import annotations

from pathlib import Path

# skops looks for scipy's functions in every loaded module: 1.3 s before Dagster and dbt are loaded,
# 5 s after them
import skops.io  # noqa: F401

import dagster as dg  # isort: skip

from orchestration.home import Home

# dagster dev, its daemon and every run worker import this module first; dbt and child processes
# must find the same home as `crm` does
Home.find().use()


@dg.definitions
def defs() -> dg.Definitions:
    """Return every asset, check, job, schedule, sensor and resource of ``defs/``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
