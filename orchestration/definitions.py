"""Everything in ``defs/``, as Dagster finds it (``dagster dev``, ``dg``, ``crm run``)."""

from __future__ import annotations

# skops looks for scipy's functions in every loaded module: 1.3 s before Dagster and dbt are loaded,
# 5 s after them
import skops.io  # noqa: F401

import dagster as dg  # isort: skip

from ingest.private_files import keep_from_others
from orchestration.home import Home

# dagster dev, its daemon and every run worker import this module first; dbt and child processes
# must find the same home as `crm` does, and write as privately
Home.find().use()
keep_from_others()


@dg.definitions
def defs() -> dg.Definitions:
    """Return every asset, check, job, schedule, sensor and resource of ``defs/``.

    Dagster could look for them itself, but then it imports whatever installed package has
    components, and describes those: 5 s.
    """
    from orchestration import defs as package
    from orchestration.defs import collect, resources, schedules

    return dg.Definitions.merge(
        dg.Definitions(
            assets=dg.load_assets_from_package_module(package),
            asset_checks=dg.load_asset_checks_from_package_module(package),
            jobs=[schedules.refresh],
            schedules=[schedules.every_morning],
            sensors=[schedules.new_landing_files, schedules.killed_runs, schedules.dead_runs],
        ),
        resources.resources(),
        collect.collectors(),
    )
