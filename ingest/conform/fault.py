"""Ways in which rows break their contract in; the broken rows, with code and reason, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ingest.expressions.exact_column import exact_column
from ingest.expressions.json_text import json_object, members
from ingest.parsed import no_rejects

SHOWN_CHARACTERS = 80

PER_ROW = ("$file", "$ingested_at")
"""Where a row comes from, beside its columns: file relative to landing/, and when that was
first read (naive UTC)."""

UNREADABLE = "$unreadable"
"""Column of what a mapping could not read and what costs no row, as members of a JSON object."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: which rows have it, and what to say about it.

    Parameters
    ----------
    rows
        Boolean expression.
    reason
        Text expression, one sentence without full stop.
    """

    code: str
    rows: pl.Expr
    reason: pl.Expr


def shown(value: pl.Expr) -> pl.Expr:
    """Return the value as it is quoted in a reason: short and in quotes."""
    text = value.cast(pl.String)
    cut = pl.when(text.str.len_chars() > SHOWN_CHARACTERS)
    text = cut.then(text.str.slice(0, SHOWN_CHARACTERS) + "…").otherwise(text)
    return pl.concat_str(pl.lit("'"), text, pl.lit("'"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rows are broken.

    Parameters
    ----------
    is_broken
        One Boolean per row; None if no row is.
    reasons
        ``code`` (of the first fault) and ``reason`` (of all), one row per broken row.
    """

    is_broken: pl.Series | None
    reasons: pl.DataFrame

    def sound(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of ``frame`` that are not broken."""
        if self.is_broken is None:
            return frame
        sound = frame.filter(~self.is_broken)
        # Polars 2.1 panics where it formats a text whose first chunk is empty, as it is behind a
        # file without one sound row
        is_hollow = any(not len(chunk) for column in sound for chunk in column.get_chunks())
        return sound.rechunk() if is_hollow else sound

    def rejected(self, given: pl.DataFrame, entity: str) -> pl.DataFrame:
        """Return the broken rows of ``given``, as rejected records that show what was given."""
        if self.is_broken is None:
            return no_rejects()
        hidden = {"position", *PER_ROW, UNREADABLE}
        values = {name: exact_column(name) for name in given.columns if name not in hidden}
        kept = [name for name in PER_ROW if name in given.columns]
        # picked by their places: a filter reads all columns of all rows for the few it lets through
        broken = given[self.is_broken.arg_true()].select(
            pl.col("position").cast(pl.Int64), *kept, payload=json_object([members(values)])
        )
        return pl.concat([broken, self.reasons], how="horizontal").select(
            "position",
            pl.lit(entity).alias("entity"),
            pl.col("code").alias("reason_code"),
            "reason",
            "payload",
            *kept,
        )


def judge(frame: pl.DataFrame, faults: Sequence[Fault]) -> Verdict:
    """Find the rows that have at least one of ``faults``."""
    nothing = pl.DataFrame(schema={"code": pl.String(), "reason": pl.String()})
    if not faults or frame.is_empty():
        return Verdict(None, nothing)
    is_broken = frame.select(
        pl.any_horizontal([fault.rows.fill_null(value=False) for fault in faults])
    ).to_series()
    if not is_broken.any():
        return Verdict(None, nothing)
    reasons = frame[is_broken.arg_true()].select(
        code=pl.coalesce([pl.when(fault.rows).then(pl.lit(fault.code)) for fault in faults]),
        reason=pl.concat_str(
            [pl.when(fault.rows).then(fault.reason) for fault in faults],
            separator="; ",
            ignore_nulls=True,
        ),
    )
    return Verdict(is_broken, reasons)
