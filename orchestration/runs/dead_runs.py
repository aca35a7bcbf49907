"""Runs that Dagster takes for started in; those of which no process is left, as failed, out.

Dagster sees a run die only while the process that started it lives. After a power cut, or when all
of it was killed, the run stays started for ever, and every later one waits in the queue for it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import dagster as dg

DIED = "its process is gone: killed, or the machine was restarted"


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark started runs as failed whose process has ended; return their ids.

    A run that has not said which process it is, is left alone.
    """
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    dead = [run for run in instance.get_runs(filters=started) if _is_dead(instance, run.run_id)]
    for run in dead:
        instance.report_run_failed(run, DIED)
    return [run.run_id for run in dead]


def _is_dead(instance: dg.DagsterInstance, run_id: str) -> bool:
    said = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    for record in reversed(said):
        entry = record.event_log_entry
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is not None:
            return not _lives(int(str(pid.value)), entry.timestamp)
    return False


def _lives(pid: int, seen_at: float) -> bool:
    """Return whether the process that had this number at a moment (seconds since 1970) lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # it belongs to somebody else: a run is started by whom it is watched by, mostly
        pass
    try:
        # the name of the program, in parentheses, may have blanks in it
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        # a system without /proc does not tell more
        return True
    # one that has ended may wait for somebody to hear of it
    is_over = told[0] in "ZX"
    booted_at = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    began_at = booted_at + int(told[19]) / os.sysconf("SC_CLK_TCK")
    # numbers are given anew, soon after a restart above all
    return not is_over and began_at <= seen_at + 1
