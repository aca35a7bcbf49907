"""Web tracking: session events in, gzipped lines of Segment calls out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from demo.company.session_events import session_events
from demo.company.sessions import anonymous_sessions
from demo.company.world import World
from demo.files.dirt import DUPLICATE_LINE, TextDirt, cut_in_half, plant_lines
from demo.files.landing import Landing, Note
from demo.files.segment_calls import call_lines, session_texts
from demo.timeline import MONTHS, month_starts

LATE_RATE = 0.002
CHUNK_SESSIONS = 100_000

_DIRT = (
    DUPLICATE_LINE,
    TextDirt("truncated_line", "quarantined", 0.0015, cut_in_half),
    TextDirt("not_an_object", "quarantined", 0.0005, lambda text: "[]"),
    TextDirt(
        "type_not_allowed", "quarantined", 0.001,
        lambda text: '{"type":"teleport"' + text[text.index(",") :],
    ),
)  # fmt: skip


def write_web(landing: Landing, world: World) -> None:
    """Write one file a month; as many months are made at once as memory allows."""
    held_back = pl.Series("line", [], dtype=pl.String)
    for first, last, sessions in _chunks(world):
        texts = session_texts(world, sessions)
        events = session_events(world.seed, first, texts)
        lines = call_lines(first, events)
        edges = events["moment"].search_sorted(month_starts()[first + 1 : last]).to_list()
        for month, (begin, end) in enumerate(pairwise([0, *edges, len(lines)]), start=first):
            name = f"web/events-{MONTHS[month]}.jsonl.gz"
            own, late = _hold_back(
                landing, name, lines[begin:end], held_back, month == len(MONTHS) - 1
            )
            held_back = late
            landing.write_lines(name, plant_lines(landing, name, own, _DIRT), "web")


def _chunks(world: World) -> Iterator[tuple[int, int, pl.DataFrame]]:
    edges = month_starts()
    days = world.sessions["day"].search_sorted(edges).to_list()
    parts: list[pl.DataFrame] = []
    first = 0
    for month in range(len(MONTHS)):
        parts.append(world.sessions.slice(days[month], days[month + 1] - days[month]))
        parts.append(
            anonymous_sessions(
                world.seed, month, world.size.visits // len(MONTHS), float(edges[month]),
                float(edges[month + 1]), world.campaigns,
            )
        )  # fmt: skip
        if sum(map(len, parts)) >= CHUNK_SESSIONS or month == len(MONTHS) - 1:
            yield first, month + 1, pl.concat(parts)
            parts, first = [], month + 1


def _hold_back(
    landing: Landing, name: str, lines: pl.Series, arrived: pl.Series, last: bool
) -> tuple[pl.Series, pl.Series]:
    rng = landing.rng(f"late {name}")
    late = pl.Series(rng.random(len(lines)) < (0.0 if last else LATE_RATE))
    # phones that were offline: their events come first in the file of the month after
    landing.dirt.extend(
        Note(name, position, "late_arrival", "loaded") for position in range(1, len(arrived) + 1)
    )
    return pl.concat([arrived, lines.filter(~late)]), lines.filter(late)
