"""What assets are given: the home folder, and through it the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dagster as dg
import duckdb

from orchestration import warehouse
from orchestration.home import Home
from orchestration.runs import stages


class Build(dg.ConfigurableResource):
    """The build of one home.

    Parameters
    ----------
    folder
        The home; empty means ``$CRM_HOME``, else ``./data``.
    full_refresh
        Build every model and ask every data test, whatever is unchanged.
    """

    folder: str = ""
    full_refresh: bool = False

    @property
    def home(self) -> Home:
        """Where everything lies."""
        return Home.find(Path(self.folder) if self.folder else None)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse for writing; close it before the step does anything else."""
        with warehouse.connect(self.home) as con:
            yield con

    def stage(self, run_id: str, name: str) -> AbstractContextManager[stages.Stage]:
        """Time a stage and write it down."""
        return stages.stage(self.home, run_id, name)


def resources() -> dg.Definitions:
    """Bind the resource, and the executor: DuckDB has one writing process."""
    return dg.Definitions(resources={"build": Build()}, executor=dg.in_process_executor)
