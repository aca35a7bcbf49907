"""What a preset says of one table: what its rows become, and which tables they are read with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest.times.timestamps import parse_timestamps

_DAY = len("2024-06-30")


@dataclass(frozen=True, eq=False, kw_only=True)
class Join:
    """Columns taken from another table of the same folder.

    Parameters
    ----------
    tables
        Names of the other table; several where they share their shape.
    on, key
        Own column, and the column of the other table that equals it.
    take
        New column to column of the other table.
    derive
        Columns of the other table made of others of it.
    where
        Rows of the other table that count; rows it marks as deleted never do.
    order
        Columns whose smallest values say which of several rows is taken.
    is_list
        All values instead, sorted, as a list.
    splits_key
        ``key`` holds several ids, as ``1;2`` or ``[1, 2]``.
    joins
        Joins of the other table itself.
    """

    tables: tuple[str, ...]
    on: str
    key: str
    take: Mapping[str, str]
    derive: Mapping[str, pl.Expr] = field(default_factory=dict)
    where: pl.Expr | None = None
    order: tuple[str, ...] = ()
    is_list: bool = False
    splits_key: bool = False
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Previous:
    """Values of the row before, within a history: they become ``previous.<column>``.

    Parameters
    ----------
    by
        Columns that name one history; the first is looked up.
    at
        Column with the time of the change, the first that says one.
    """

    by: tuple[str, ...]
    at: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Target:
    """One entity that rows of the table become.

    Parameters
    ----------
    columns
        Canonical column to source column or setting, as in ``sources.yml``.
    recorded_at, is_deleted, merged_into
        As in ``sources.yml``.
    where
        Rows that become this entity; all without it.
    explode
        Column of lists of which every item makes a row.
    turned
        Pattern of columns of which every value makes a row: ``$name`` and ``$value``.
    derive
        Columns made of others, in order, of the rows chosen.
    attributes
        Source columns kept in ``attributes``; all that are not used without it.
    also
        Joined and derived columns kept there besides.
    """

    entity: str
    columns: Mapping[str, Any]
    recorded_at: str | None = None
    is_deleted: str | None = None
    merged_into: str | None = None
    where: pl.Expr | None = None
    explode: str | None = None
    turned: str | None = None
    derive: Mapping[str, pl.Expr] = field(default_factory=dict)
    attributes: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """Rows that are part of rows of other tables, and come out as those.

    Parameters
    ----------
    on
        Own column that names the whole.
    tables
        Tables that may hold the whole, each with its column that equals ``on``; the first that
        has it counts.
    """

    on: str
    tables: Mapping[str, str]


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """One table.

    Parameters
    ----------
    part
        Read first: rows whose whole is there come out as the whole.
    derive
        Columns made of others, in order, after ``previous`` and the joins.
    instead
        A column, and what a file that has it holds under the same name.
    reason_code, reason
        Said of rows that become nothing.
    """

    targets: tuple[Target, ...] = ()
    part: Part | None = None
    joins: tuple[Join, ...] = ()
    previous: Previous | None = None
    derive: Mapping[str, pl.Expr] = field(default_factory=dict)
    instead: tuple[str, Table] | None = None
    reason_code: str = "no_entity"
    reason: str = "a row of this kind has no entity"


def first_of(*columns: str) -> pl.Expr:
    """Return the first of several columns that says something."""
    return pl.coalesce([pl.col(column) for column in columns])


def changed_at(*columns: str) -> pl.Expr:
    """Return when the source last changed a row, else when Fivetran last read it.

    Of a row that changes, its creation would say too little: what was known only later would
    pass for known from the start.
    """
    return first_of("_fivetran_start", *columns, "_fivetran_synced")


def day_of(column: str) -> pl.Expr:
    """Return the day of a moment in the time zone of the source; what is a day already, as it is.

    Fivetran writes moments in UTC, and a day of closing is one of the account's calendar.
    """
    return pl.struct(pl.col(column).alias("at"), "$time_zone").map_batches(
        _days, return_dtype=pl.String
    )


def _days(values: pl.Series) -> pl.Series:
    frame = values.struct.unnest()
    zone = frame["$time_zone"].drop_nulls().first() or "UTC"
    said = pl.col("at").str.strip_chars()
    moment = parse_timestamps(said, "UTC").dt.replace_time_zone("UTC")
    day = moment.dt.convert_time_zone(str(zone)).dt.date().cast(pl.String)
    days = pl.when(said.str.len_chars() == _DAY).then(said).otherwise(pl.coalesce(day, "at"))
    return frame.select(days.alias(values.name)).to_series()


def is_true(column: str) -> pl.Expr:
    """Return whether a column says yes; null where it says nothing."""
    return pl.col(column).str.to_lowercase().is_in(["true", "t", "1", "yes"])


def is_deleted(*columns: str) -> pl.Expr:
    """Return whether any of several columns says that the row is deleted."""
    return pl.any_horizontal([is_true(column).fill_null(value=False) for column in columns])
