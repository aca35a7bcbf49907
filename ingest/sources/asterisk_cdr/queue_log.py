"""The queue log beside call detail records in; what happened to each call in its queues out.

A line is ``epoch|uniqueid|queue|member|EVENT|data…``. Events of members (log-ins, pauses) belong
to no call and are left out, as are all calls that no record is of.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import polars as pl

from ingest.expressions.json_text import json_object, members
from ingest.parsed import Parsed
from ingest.sources.rejects import rejected_lines
from ingest.sources.text_lines import line_chunks

PREFIX = "queue_log"
"""How the names of its files begin, rotated ones too."""

LEFT = ("ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY")
"""How a call leaves a queue in which nobody has answered it."""

WAITED_AT = {"CONNECT": 0, "ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "EXITWITHKEY": 3}
"""By event: which of its data is the seconds waited; versions before 1.8 leave it out for some."""

COMPLETED = ("COMPLETEAGENT", "COMPLETECALLER")

TRANSFERRED = ("TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER")

OF_CALLS = (
    "ENTERQUEUE", "RINGNOANSWER", "RINGCANCELED", "AGENTDUMP", "DID", "SYSCOMPAT", "CONNECT",
    *LEFT, *COMPLETED, *TRANSFERRED,
)  # fmt: skip

SCHEMA: dict[str, pl.DataType] = {
    "uniqueid": pl.String(),
    "queue_entered": pl.String(),
    "connected_at": pl.Datetime("us"),
    "member": pl.String(),
    "queue_wait_s": pl.Float64(),
    "queue_talk_s": pl.Float64(),
    "left_by": pl.String(),
    "queue_events": pl.String(),
}

_MEMBER = r"^[^/]+/(.+?)(?:@.*)?(?:-[0-9a-fA-F]{4,})?(?:;\d+)?$"
"""``PJSIP/101``, ``Agent/101`` and ``Local/101@from-queue/n`` are 101."""


def is_queue_log(path: Path) -> bool:
    """Return whether a file is a queue log, by its name."""
    return path.name.startswith(PREFIX)


def rejected_of(path: Path) -> Iterator[Parsed]:
    """Yield the lines of a queue log that say nothing; the others are read with the records."""
    for chunk in line_chunks(path, "interaction"):
        split = _split(chunk.lines)
        is_event = (split["at"].is_not_null() & split["event"].is_not_null()).fill_null(False)
        unread = rejected_lines(
            split.filter(~is_event), "interaction", "malformed_line",
            "a line of a queue log is time|call|queue|member|event",
        )  # fmt: skip
        rejected = pl.concat([chunk.rejected, unread])
        if len(rejected):
            yield Parsed(read=len(rejected), rejected=rejected)


def queued_calls(folder: Path) -> pl.DataFrame:
    """Return a row per call of the queue logs of a folder, empty where there is none."""
    files = sorted(path for path in folder.glob(f"{PREFIX}*") if path.is_file())
    states = [(path, status.st_size, status.st_mtime_ns) for path in files
              if (status := path.stat())]  # fmt: skip
    return _queued_calls(tuple(states))


@lru_cache(maxsize=2)
def _queued_calls(files: tuple[tuple[Path, int, int], ...]) -> pl.DataFrame:
    frames = [
        _split(chunk.lines).filter(pl.col("event").is_in(OF_CALLS), pl.col("at").is_not_null())
        for path, _, _ in files
        for chunk in line_chunks(path, "interaction")
    ]
    if not frames:
        return pl.DataFrame(schema=SCHEMA)
    # a line that two copies hold happened once
    events = pl.concat(frames).unique("line", maintain_order=True).sort("at", maintain_order=True)
    return _summed(events)


def _split(lines: pl.DataFrame) -> pl.DataFrame:
    field = pl.col("fields").list
    seconds = field.get(0, null_on_oob=True).cast(pl.Float64, strict=False)
    is_time = seconds.is_between(0, 10**11)
    names = ("uniqueid", "queue", "agent", "event")
    return (
        lines.with_columns(fields=pl.col("line").str.split("|"))
        .with_columns(
            *(
                field.get(place, null_on_oob=True).replace("", None).alias(name)
                for place, name in enumerate(names, 1)
            ),
            at=pl.from_epoch(
                pl.when(is_time).then((seconds * 1_000_000).cast(pl.Int64, strict=False)),
                time_unit="us",
            ),
            data=field.slice(5),
        )
        .with_columns(pl.col("event").str.strip_chars())
    )


def _summed(events: pl.DataFrame) -> pl.DataFrame:
    event = pl.col("event")
    connected = event == "CONNECT"
    waited = pl.coalesce(
        pl.when(event == name).then(_datum(place)) for name, place in WAITED_AT.items()
    )
    # a transferred caller waits once more, after somebody has answered
    is_first = connected.cum_sum().shift(1, fill_value=0).over("uniqueid") == 0
    told = json_object([
        members({
            "at": pl.col("at").dt.to_string("%Y-%m-%dT%H:%M:%SZ"),
            "queue": pl.col("queue"),
            "member": pl.col("agent").replace("NONE", None),
            "event": event,
            "data": pl.col("data"),
        })
    ])  # fmt: skip
    return (
        events.with_columns(
            waited=pl.when(is_first).then(waited),
            talked=pl.when(event.is_in(COMPLETED)).then(_datum(1)),
            is_transferred=event.is_in(TRANSFERRED),
            told=told,
        )
        .group_by("uniqueid", maintain_order=True)
        .agg(
            queue_entered=pl.col("queue").replace("NONE", None).drop_nulls().first(),
            connected_at=pl.col("at").filter(connected).first(),
            member=pl.col("agent").filter(connected).first().str.extract(_MEMBER),
            queue_wait_s=pl.when(pl.col("waited").count() > 0).then(pl.col("waited").sum()),
            queue_talk_s=pl.when(~pl.col("is_transferred").any() & (connected.sum() == 1)).then(
                pl.col("talked").drop_nulls().first()
            ),
            left_by=pl.when(~connected.any()).then(event.filter(event.is_in(LEFT)).last()),
            queue_events=pl.format("[{}]", pl.col("told").str.join(",")),
        )
        .filter(pl.col("uniqueid").is_not_null())
        .cast(pl.Schema(SCHEMA))  # nothing but nulls has no type
        .select(*SCHEMA)
    )


def _datum(place: int) -> pl.Expr:
    seconds = pl.col("data").list.get(place, null_on_oob=True).cast(pl.Float64, strict=False)
    return pl.when(seconds >= 0).then(seconds)
