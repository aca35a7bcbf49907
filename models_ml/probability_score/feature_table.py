"""Feature and label tables in (Polars), checked model inputs out (pandas, NumPy)."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl

from models_ml.probability_score.definition import ScoreDefinition

UNKNOWN = "unknown"


class UnusableTable(ValueError):
    """A feature or label table lacks something a score needs; the message names it."""


def check_table(
    frame: pl.DataFrame, table: str, entity: str, numeric: tuple[str, ...], text: tuple[str, ...]
) -> pl.DataFrame:
    """Return key (``entity``, as_of) and feature columns, typed and sorted by key.

    Raises
    ------
    UnusableTable
        If a column is missing or has a wrong type, a key is null or occurs twice, or a
        number is infinite.
    """
    key = [entity, "as_of"]
    _require(frame, [*key, *numeric, *text], table)
    for name in numeric:
        dtype = frame[name].dtype
        if not (dtype.is_numeric() or dtype in (pl.Boolean, pl.Null)):
            raise UnusableTable(f"{table}.{name} must be a number or boolean, got {dtype}")
    for name in text:
        dtype = frame[name].dtype
        if dtype not in (pl.String, pl.Categorical, pl.Null) and not isinstance(dtype, pl.Enum):
            raise UnusableTable(f"{table}.{name} must be text, got {dtype}")
    typed = _keyed(frame, key, table).select(
        *key,
        *(pl.col(name).cast(pl.Float64).fill_nan(None) for name in numeric),
        *(pl.col(name).cast(pl.String) for name in text),
    )
    for name in numeric:
        if typed[name].is_infinite().any():
            raise UnusableTable(f"{table}.{name} holds an infinite value")
    return typed


def check_features(features: pl.DataFrame, definition: ScoreDefinition) -> pl.DataFrame:
    """Return `check_table` of the feature table of a score."""
    return check_table(
        features,
        definition.reads,
        definition.entity,
        tuple(f.name for f in definition.numeric),
        tuple(f.name for f in definition.categorical),
    )


def labelled_rows(
    features: pl.DataFrame, labels: pl.DataFrame, definition: ScoreDefinition, as_of: datetime
) -> pl.DataFrame:
    """Return the checked features that have a label, with the label as 0/1 in column ``outcome``.

    Raises
    ------
    UnusableTable
        As `check_features`; also if a label's window is not over at ``as_of``, because an event
        that can still happen would be learned as one that did not.
    """
    key, table = [definition.entity, "as_of"], definition.labels
    _require(labels, [*key, definition.label], table)
    if labels[definition.label].dtype != pl.Boolean and not labels.is_empty():
        raise UnusableTable(
            f"{table}.{definition.label} must be boolean, got {labels[definition.label].dtype}"
        )
    known = _keyed(labels, key, table)
    newest = known["as_of"].max()
    horizon = timedelta(days=definition.horizon_days)
    if isinstance(newest, datetime) and newest + horizon > as_of:
        raise UnusableTable(
            f"{table} labels as_of {newest}, whose {definition.horizon_days} days end after "
            f"{as_of}; label only windows that are over"
        )
    outcome = known.select(*key, pl.col(definition.label).cast(pl.Int8).alias("outcome"))
    return check_features(features, definition).join(
        outcome.drop_nulls("outcome"), on=key, how="inner", maintain_order="left"
    )


def model_input(frame: pl.DataFrame, definition: ScoreDefinition) -> pd.DataFrame:
    """Return the features as floats (missing is NaN) and texts (missing is 'unknown')."""
    columns = {f.name: frame[f.name].to_numpy() for f in definition.numeric}
    texts = {
        f.name: np.array(frame[f.name].fill_null(UNKNOWN).to_list(), dtype=object)
        for f in definition.categorical
    }
    return pd.DataFrame(columns | texts)


def rule_input(frame: pl.DataFrame, definition: ScoreDefinition) -> np.ndarray:
    """Return the rule keys as text categories, shape (n_rows, n_keys)."""
    columns = []
    for key in definition.rule_keys:
        column = pl.col(key.name)
        if key.edges:
            # which of the ranges: 0 up to the first edge, 1 up to the second, ...
            above = pl.sum_horizontal(column > edge for edge in key.edges)
            column = pl.when(column.is_not_null()).then(above)
        columns.append(column.cast(pl.String).fill_null(UNKNOWN).alias(key.name))
    return frame.select(columns).to_numpy().astype(object).reshape(frame.height, len(columns))


def _require(frame: pl.DataFrame, columns: list[str], table: str) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise UnusableTable(f"{table} lacks the column {', '.join(absent)}")


def _keyed(frame: pl.DataFrame, key: list[str], table: str) -> pl.DataFrame:
    frame = frame.with_columns(
        pl.col(key[0]).cast(pl.String), pl.col("as_of").cast(pl.Datetime("us"))
    )
    for name in key:
        if frame[name].null_count():
            raise UnusableTable(f"{table}.{name} is null in {frame[name].null_count()} rows")
    twice = frame.filter(pl.struct(key).is_duplicated())
    if twice.height:
        entity, when = twice.select(key).row(0)
        raise UnusableTable(f"{table} holds {key[0]} {entity} at {when} more than once")
    return frame.sort(key)
