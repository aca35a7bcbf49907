"""What became of deliveries: a file of the home folder that is only ever added to.

``outbox/deliveries.jsonl`` is written while a run is at work and outlives the build database.
Each line is one command: what was acknowledged, failed or is to be tried again, by position.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.added_lines import lines_added, read_lines
from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.runs.stages import now

ACK, FAIL, RETRY = "ack", "fail", "retry"

Ranges = Sequence[tuple[int, int]]
"""Positions from the first to the last of each pair."""

EVENTS = pl.Schema(
    {
        "event_no": pl.Int64(),
        "event": pl.String(),
        "first_id": pl.Int64(),
        "last_id": pl.Int64(),
        "happened_at": pl.Datetime("us"),
        "error": pl.String(),
    }
)


def deliveries_file(home: Home) -> Path:
    """Return where the deliveries of a home lie."""
    return home.folder / "outbox" / "deliveries.jsonl"


def read_events(home: Home) -> pl.DataFrame:
    """Return a row per event and range of positions, in the order they were written.

    Raises
    ------
    Refused
        If a line cannot be read; the message names it.
    """
    file = deliveries_file(home)
    rows = [
        row
        for number, line in enumerate(read_lines(file), 1)
        for row in _parsed(line, file, number)
    ]
    return pl.DataFrame(rows, schema=EVENTS, orient="row")


def _parsed(line: bytes, file: Path, number: int) -> list[tuple[Any, ...]]:
    try:
        row = json.loads(line)
        if row["event"] not in (ACK, FAIL, RETRY):
            raise ValueError(f"event {row['event']!r}")
        at = datetime.fromisoformat(row["at"])
        return [
            (number, row["event"], int(first), int(last), at, row.get("error"))
            for first, last in row["ids"]
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(
            f"{file} line {number} is no delivery ({error}): restore the file from the backup; "
            "lines are written by `crm outbox` alone."
        ) from error


def append(home: Home, event: str, ids: Ranges, error: str | None = None) -> None:
    """Write one event down; it is on the disk on return."""
    line = {"event": event, "ids": [list(pair) for pair in ids], "at": now().isoformat()}
    if error is not None:
        line["error"] = error
    with lines_added(deliveries_file(home)) as (_, lines):
        lines.append(json.dumps(line, ensure_ascii=False))


STATE = """
with ends as (
    select min(outbox_id) as first_id, max(outbox_id) as last_id
    from {log}
),
-- written out and not joined by its ends: of a million rows in 1,000 ranges 7 s, in 100,000 minutes
happened as (
    select
        unnest(range(
            greatest(events.first_id, ends.first_id), least(events.last_id, ends.last_id) + 1
        )) as outbox_id,
        events.*
    from outbox_events as events
    cross join ends
),
counted as (
    select *, event = 'fail' and event_no > coalesce(
        max(event_no) filter (where event = 'retry') over (partition by outbox_id), 0
    ) as is_failure
    from happened
)
select
    outbox_id,
    cast(count(*) filter (where is_failure) as integer) as attempt,
    min(happened_at) filter (where event = 'ack') as ack_at,
    arg_max(error, event_no) filter (where is_failure) as error
from counted
group by outbox_id
"""
"""State of each position that ``outbox_events``, a frame of events, tells of, between the first row
of ``log`` and the last: rows that were removed have one too."""
