"""Rows of a table in; the same rows with columns of other tables, and of the row before, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from ingest.sources.fivetran.folder import Folder
from ingest.sources.fivetran.table import Join, Previous, Table, is_true
from ingest.times.timestamps import parse_timestamps

_AT = "$at"


def complete(frame: pl.DataFrame, name: str, table: Table, folder: Folder) -> pl.DataFrame:
    """Return the rows with everything that the targets of their table may use."""
    if table.previous is not None:
        frame = _with_previous(frame, name, table.previous, folder)
    frame = joined(frame, table.joins, folder)
    return derived(frame, table.derive)


def derived(frame: pl.DataFrame, columns: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return the rows with columns made of others, one after the other."""
    for name, made in columns.items():
        frame = with_columns_of(frame, made.meta.root_names()).with_columns(made.alias(name))
    return frame


def with_columns_of(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Add the columns that an export does not have, as null."""
    missing = dict.fromkeys(name for name in names if name not in frame.columns)
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


def joined(frame: pl.DataFrame, joins: tuple[Join, ...], folder: Folder) -> pl.DataFrame:
    """Add the columns of ``joins``; null where the other table has no such row."""
    for join in joins:
        frame = with_columns_of(frame, [join.on])
        frame = frame.join(_taken(join, frame[join.on], folder), on=join.on, how="left")
    return frame


def _taken(join: Join, ids: pl.Series, folder: Folder) -> pl.DataFrame:
    """Return one row per id: the column ``on`` and what is taken."""
    other = folder.rows(
        join.tables, join.key, ids.drop_nulls().unique(), splits_key=join.splits_key
    )
    if "_fivetran_active" in other.columns:
        # in history mode, what was once so
        other = other.filter(is_true("_fivetran_active").fill_null(value=True))
    other = derived(joined(other, join.joins, folder), join.derive)
    roots = [] if join.where is None else join.where.meta.root_names()
    other = with_columns_of(other, [*join.take.values(), *join.order, *roots])
    if join.where is not None:
        other = other.filter(join.where)
    order = [pl.col(name).alias(f"$order{n}") for n, name in enumerate(join.order)]
    taken = [pl.col(name).alias(new) for new, name in join.take.items()]
    other = other.select(pl.col(join.key).alias(join.on), *order, *taken)
    names = list(join.take)
    if join.is_list:
        lists = [pl.col(name).drop_nulls().unique().sort() for name in names]
        return other.group_by(join.on).agg(lists)
    other = other.sort(pl.exclude(join.on), nulls_last=True)
    return other.group_by(join.on, maintain_order=True).first().select(join.on, *names)


def _with_previous(
    frame: pl.DataFrame, name: str, previous: Previous, folder: Folder
) -> pl.DataFrame:
    columns = [*previous.by, *previous.values]
    frame = with_columns_of(frame, [*columns, *previous.at])
    moment = pl.coalesce([parse_timestamps(pl.col(name), "UTC") for name in previous.at])
    moment = moment.alias(_AT)
    ids = frame[previous.by[0]].drop_nulls().unique()
    # what a deleted record was before is no change from nothing
    rows = folder.rows((name,), previous.by[0], ids, with_deleted=True)
    history = with_columns_of(rows, [*columns, *previous.at]).select(*columns, moment)
    history = history.unique().sort(*previous.by, _AT, *previous.values)
    before = [
        pl.col(value).shift(1).over(previous.by).alias(f"previous.{value}")
        for value in previous.values
    ]
    history = history.with_columns(before)
    on = [*columns, _AT]
    return frame.with_columns(moment).join(history, on=on, how="left", nulls_equal=True).drop(_AT)
