"""Dagster's run history under the home: kept small, and written without waiting for the disk."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

import dagster as dg
import yaml
from sqlalchemy import Engine, event

from orchestration.home import Home

IN_THIS_PROCESS = "crm_run.yaml"
"""Beside ``dagster.yaml``, which the webserver and the daemon read: they run for weeks and must
not keep the file of every run open."""

EVENTS_AT_ONCE = "1000"
"""What a run plans to do is some 700 events, which Dagster hands over one by one unless told."""

KEPT_RUNS = 100
"""About 100 MB of event logs."""


@event.listens_for(Engine, "connect")
def _without_waiting_for_the_disk(connection: Any, _: Any) -> None:
    """Let the operating system write the history when it likes.

    Dagster opens, commits and closes a SQLite file several times per event, and a run has 1,800
    events: 44 s of a run's 118 s were spent waiting. A power cut may cost the last run's history;
    what a run did to the data is in ``meta.runs``.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")


def instance_of(home: Home) -> dg.DagsterInstance:
    """Return the home's instance for a process that executes one run and ends."""
    settings = yaml.safe_load((home.dagster / "dagster.yaml").read_text()) or {}
    settings["event_log_storage"] = {
        "module": "orchestration.runs.event_log",
        "class": "HeldEventLogStorage",
        "config": {"base_dir": str(home.dagster / "history" / "runs")},
    }
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", EVENTS_AT_ONCE)
    (home.dagster / IN_THIS_PROCESS).write_text(yaml.safe_dump(settings))
    return dg.DagsterInstance.from_config(str(home.dagster), IN_THIS_PROCESS)


def prune(instance: dg.DagsterInstance) -> int:
    """Delete all but the newest runs that have ended; return how many."""
    ended = dg.RunsFilter(
        statuses=[
            dg.DagsterRunStatus.SUCCESS,
            dg.DagsterRunStatus.FAILURE,
            dg.DagsterRunStatus.CANCELED,
        ]
    )
    runs = instance.get_runs(filters=ended)
    for run in runs[KEPT_RUNS:]:
        instance.delete_run(run.run_id)
    return len(runs[KEPT_RUNS:])
