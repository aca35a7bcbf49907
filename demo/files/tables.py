"""Exports as tables: rows over time in, one text file a month out."""

from __future__ import annotations

import io

import numpy as np
import polars as pl

from demo.files.dirt import RAGGED_ROW, CellDirt, plant_rows
from demo.files.landing import Landing, Note
from demo.timeline import MONTHS, month_end, month_starts

LATE_RATE = 0.002
"""Share of the rows that are exported a month late."""


def export_csv(
    landing: Landing,
    pattern: str,
    rows: pl.DataFrame,
    days: pl.Series,
    *,
    kind: str,
    dirt: tuple[CellDirt, ...] = (),
    separator: str = ",",
    latin: int | None = None,
) -> None:
    """Write one CSV a month.

    Parameters
    ----------
    pattern
        File name with ``{month}`` or ``{day}`` (last day of the month).
    rows
        Columns as they are exported; written as text.
    days
        When each row was recorded; decides its month, a few rows come a month late.
    latin
        Number of the month whose file was saved as Windows-1252 instead of UTF-8.
    """
    text = rows.select(pl.all().cast(pl.String))
    for month, name, part in monthly(landing, pattern, text, days, kind=kind, dirt=dirt):
        buffer = io.BytesIO()
        part.write_csv(buffer, separator=separator)
        content = buffer.getvalue()
        ragged = [n.position for n in landing.dirt if n.file == name and n.kind == RAGGED_ROW.kind]
        if ragged:
            content = _lengthened(content, ragged, separator)
        if month == latin:
            content = content.decode().encode("cp1252", errors="replace")
            landing.dirt.append(Note(name, 0, "windows_1252_file", "loaded"))
        landing.write(name, content, kind, len(part))


def export_once(landing: Landing, pattern: str, rows: pl.DataFrame, *, kind: str) -> None:
    """Write a CSV that is exported in the first month and never again."""
    export_csv(landing, pattern, rows, pl.Series(np.zeros(len(rows))), kind=kind)


def _lengthened(content: bytes, positions: list[int], separator: str) -> bytes:
    lines = content.split(b"\n")
    for position in positions:
        lines[position] += separator.encode() + b"surplus"
    return b"\n".join(lines)


def export_jsonl(
    landing: Landing,
    pattern: str,
    rows: pl.DataFrame,
    days: pl.Series,
    *,
    kind: str,
    dirt: tuple[CellDirt, ...] = (),
) -> None:
    """Write one JSONL file a month; see :func:`export_csv`."""
    for _, name, part in monthly(landing, pattern, rows, days, kind=kind, dirt=dirt):
        buffer = io.BytesIO()
        part.write_ndjson(buffer)
        landing.write(name, buffer.getvalue(), kind, len(part))


def monthly(
    landing: Landing,
    pattern: str,
    rows: pl.DataFrame,
    days: pl.Series,
    *,
    kind: str,
    dirt: tuple[CellDirt, ...],
) -> list[tuple[int, str, pl.DataFrame]]:
    """Return month number, file name and rows of each month, dirt planted and noted."""
    rng = landing.rng(f"{kind} {pattern}")
    own = np.searchsorted(month_starts(), days.to_numpy(), side="right") - 1
    late = (rng.random(len(rows)) < LATE_RATE) & (own < len(MONTHS) - 1)
    filed = own + late
    by_month = np.argsort(filed, kind="stable")
    mixed, order, planted, kinds = plant_rows(rng, rows[by_month], dirt)
    filed, late = filed[by_month][order], late[by_month][order]
    edges = np.searchsorted(filed, np.arange(len(MONTHS) + 1))
    names = [pattern.format(month=label, day=month_end(label)) for label in MONTHS]
    late[planted] = False
    for place in np.flatnonzero(late):
        month = filed[place]
        position = int(place - edges[month]) + 1
        landing.dirt.append(Note(names[month], position, "late_arrival", "loaded"))
    for place, damage in zip(planted, kinds, strict=True):
        month = filed[place]
        position = int(place - edges[month]) + 1
        landing.dirt.append(Note(names[month], position, damage.kind, damage.expected))
    return [
        (month, names[month], mixed.slice(int(edges[month]), int(edges[month + 1] - edges[month])))
        for month in range(len(MONTHS))
        if edges[month + 1] > edges[month]
    ]
