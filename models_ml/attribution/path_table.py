"""Paths of touches as flat arrays: touch rows or aggregated path texts in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

TOUCH_COLUMNS = (
    "path_id",
    "customer_id",
    "is_converted",
    "conversion_value_base",
    "touch_index",
)
TEXT_COLUMNS = ("path", "total_conversions", "total_conversion_value", "total_null")


class UnusablePaths(ValueError):
    """A path table lacks something attribution needs; the message names it."""


@dataclass(frozen=True)
class PathTable:
    """Paths laid end to end, touches of one path in order.

    Attributes
    ----------
    nodes : tuple of str
        Campaigns or channels, sorted.
    node : ndarray of int, shape (n_touches,)
        Place of each touch in ``nodes``.
    path : ndarray of int, shape (n_touches,)
        Path of each touch, ascending.
    place : ndarray of int, shape (n_touches,)
        0 for the first touch of its path.
    length : ndarray of int, shape (n_paths,)
        Touches of each path, at least 1.
    conversions, value, nulls : ndarray of float, shape (n_paths,)
        How often the path converted, the value of those conversions, how often it did not.
    customer : ndarray of int, shape (n_paths,)
        Whose path it is, numbered from 0; aggregated paths belong to somebody else each.
    """

    nodes: tuple[str, ...]
    node: np.ndarray
    path: np.ndarray
    place: np.ndarray
    length: np.ndarray
    conversions: np.ndarray
    value: np.ndarray
    nulls: np.ndarray
    customer: np.ndarray

    def weighted(self, weight: np.ndarray) -> PathTable:
        """Return the same paths, each counted ``weight[path]`` times; 0 leaves a path out."""
        return replace(
            self,
            conversions=self.conversions * weight,
            value=self.value * weight,
            nulls=self.nulls * weight,
        )


def paths_from_touches(touches: pl.DataFrame, node: str = "campaign_id") -> PathTable:
    """Read ``features.campaign_paths``, one row per touch.

    Parameters
    ----------
    touches
        Conversions without a touch (``touch_index`` 0) are no paths and left out; a value without
        an exchange rate counts as 0.
    node
        Column that gets the credit: ``campaign_id`` or ``channel``.

    Raises
    ------
    UnusablePaths
        If a column is missing, a touch has no ``node``, or a path has touches with the same index.
    """
    _require(touches, (*TOUCH_COLUMNS, node))
    frame = (
        touches.filter(pl.col("touch_index") > 0)
        .select(*TOUCH_COLUMNS, pl.col(node).cast(pl.String).alias("node"))
        .sort("path_id", "touch_index")
    )
    again = [pl.col(name) == pl.col(name).shift() for name in ("path_id", "touch_index")]
    twice = frame.filter(pl.all_horizontal(again))
    if twice.height:
        raise UnusablePaths(
            f"path {twice['path_id'][0]} has more than one touch {twice['touch_index'][0]}"
        )
    nameless = frame.filter(pl.col("node").is_null())
    if nameless.height:
        raise UnusablePaths(f"a touch of path {nameless['path_id'][0]} has no {node}")
    first = frame.group_by("path_id", maintain_order=True).agg(
        pl.col("is_converted", "conversion_value_base", "customer_id").first(), pl.len().alias("n")
    )
    converted = first["is_converted"].to_numpy().astype(bool)
    value = first["conversion_value_base"].cast(pl.Float64).fill_null(0.0).to_numpy()
    return _table(
        names=frame["node"],
        length=first["n"].to_numpy().astype(np.int64),
        conversions=converted.astype(float),
        value=np.where(converted, value, 0.0),
        nulls=(~converted).astype(float),
        customer=first["customer_id"].rank("dense").cast(pl.Int64).to_numpy() - 1,
    )


def paths_from_text(frame: pl.DataFrame, separator: str = ">") -> PathTable:
    """Read aggregated paths: ``a > b > c`` with how often each converted, for how much, and not.

    Parameters
    ----------
    frame
        Columns path, total_conversions, total_conversion_value, total_null.
    """
    _require(frame, TEXT_COLUMNS)
    steps = frame["path"].str.split(separator)
    return _table(
        names=steps.explode().str.strip_chars(),
        length=steps.list.len().to_numpy().astype(np.int64),
        conversions=frame["total_conversions"].cast(pl.Float64).to_numpy(),
        value=frame["total_conversion_value"].cast(pl.Float64).to_numpy(),
        nulls=frame["total_null"].cast(pl.Float64).to_numpy(),
        customer=np.arange(frame.height),
    )


def _table(
    names: pl.Series,
    length: np.ndarray,
    conversions: np.ndarray,
    value: np.ndarray,
    nulls: np.ndarray,
    customer: np.ndarray,
) -> PathTable:
    nodes = names.unique().sort().to_list()
    node = names.rank("dense").cast(pl.Int64).to_numpy() - 1
    path = np.repeat(np.arange(len(length)), length)
    starts = np.concatenate([[0], np.cumsum(length)[:-1]]) if len(length) else np.zeros(0)
    return PathTable(
        nodes=tuple(nodes),
        node=node,
        path=path,
        place=np.arange(len(path)) - starts.astype(np.int64)[path],
        length=length,
        conversions=conversions,
        value=value,
        nulls=nulls,
        customer=customer,
    )


def _require(frame: pl.DataFrame, columns: tuple[str, ...]) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise UnusablePaths(f"the path table lacks the column {', '.join(absent)}")
