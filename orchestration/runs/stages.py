"""What a run did: its row in ``meta.runs``, and seconds, rows and memory of every stage."""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from orchestration import warehouse
from orchestration.home import Home
from orchestration.runs import run_lock

progress = logging.getLogger("crm.progress")
"""One record per event of a stage (attributes ``stage``, ``state``, ``seconds``, ``rows``,
``note``); the command line draws it, Dagster's daemon logs it."""


@dataclass(slots=True)
class Stage:
    """A stage at work: what it wants to have written down about itself."""

    name: str
    rows: int | None = None
    note: str = ""
    seconds: float = 0.0

    def tell(self, note: str) -> None:
        """Say in a few words what is being done just now."""
        progress.info("%s: %s", self.name, note, extra=_extra(self, "working", note))


def _extra(stage: Stage, state: str, note: str) -> dict[str, object]:
    return {
        "stage": stage.name,
        "state": state,
        "seconds": stage.seconds,
        "rows": stage.rows,
        "note": note,
    }


def now() -> datetime:
    """Return the present as naive UTC, as every timestamp of the warehouse is."""
    return datetime.now(UTC).replace(tzinfo=None)


def peak_memory_bytes() -> int:
    """Return the largest resident size of this process so far (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def begin_run(con: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Write the run into ``meta.runs`` unless it is there.

    A run that is still called running has died: only one can hold the run lock.
    """
    con.execute(
        "update meta.runs set status = 'failed', message = 'ended without a word: killed?' "
        "where status = 'running' and run_id <> ?",
        [run_id],
    )
    con.execute(
        "insert into meta.runs (run_id, started_at, status) select $run, $now, 'running' "
        "where not exists (from meta.runs where run_id = $run)",
        {"run": run_id, "now": now()},
    )


def end_run(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    status: str,
    *,
    generation: int | None = None,
    message: str | None = None,
) -> None:
    """Close the run's row; ``status`` is ``succeeded`` or ``failed``."""
    con.execute(
        "update meta.runs set finished_at = $now, status = $status, generation = $generation, "
        "message = $message where run_id = $run",
        {
            "run": run_id,
            "now": now(),
            "status": status,
            "generation": generation,
            "message": message,
        },
    )


def write_stage_time(con: duckdb.DuckDBPyConnection, run_id: str, stage: Stage) -> None:
    """Add the stage to ``meta.stage_times``."""
    con.execute(
        "insert into meta.stage_times (run_id, stage, seconds, rows, peak_memory_bytes) "
        "values (?, ?, ?, ?, ?)",
        [run_id, stage.name, round(stage.seconds, 3), stage.rows, peak_memory_bytes()],
    )


@contextmanager
def stage(home: Home, run_id: str, name: str) -> Iterator[Stage]:
    """Time a stage, report it to ``crm.progress`` and write it to ``meta.stage_times``.

    The stage must not hold the warehouse open when it ends: its time is written then.
    """
    run_lock.hold(home)
    current = Stage(name)
    progress.info("%s", name, extra=_extra(current, "started", ""))
    started = time.perf_counter()
    try:
        yield current
    except BaseException:
        current.seconds = time.perf_counter() - started
        progress.error("%s failed", name, extra=_extra(current, "failed", current.note))
        raise
    current.seconds = time.perf_counter() - started
    with warehouse.connect(home) as con:
        begin_run(con, run_id)
        write_stage_time(con, run_id, current)
    progress.info(
        "%s: %.1f s", name, current.seconds, extra=_extra(current, "finished", current.note)
    )
