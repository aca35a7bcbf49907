"""Paths of touches as flat arrays: touch rows or aggregated path texts in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

DIRECT = "direct"
TOUCH_COLUMNS = (
    "path_id",
    "is_converted",
    "converted_at",
    "conversion_value",
    "touch_index",
    "touched_at",
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
    days_before : ndarray of float, shape (n_touches,), or None
        Days from the touch to the conversion; None where paths are aggregated.
    """

    nodes: tuple[str, ...]
    node: np.ndarray
    path: np.ndarray
    place: np.ndarray
    length: np.ndarray
    conversions: np.ndarray
    value: np.ndarray
    nulls: np.ndarray
    days_before: np.ndarray | None


def paths_from_touches(touches: pl.DataFrame, node: str = "campaign_id") -> PathTable:
    """Read ``features.campaign_paths``, one row per touch.

    Parameters
    ----------
    touches
        Conversions without a touch have one row with ``touch_index`` 0; they and every touch
        without a ``node`` belong to the node ``direct``.
    node
        Column that gets the credit: ``campaign_id`` or ``channel``.

    Raises
    ------
    UnusablePaths
        If a column is missing, or a path has touches with the same index.
    """
    _require(touches, (*TOUCH_COLUMNS, node))
    frame = touches.select(*TOUCH_COLUMNS, pl.col(node).cast(pl.String).fill_null(DIRECT)).sort(
        "path_id", "touch_index"
    )
    again = [pl.col(name) == pl.col(name).shift() for name in ("path_id", "touch_index")]
    twice = frame.filter(pl.all_horizontal(again))
    if twice.height:
        raise UnusablePaths(
            f"path {twice['path_id'][0]} has more than one touch {twice['touch_index'][0]}"
        )
    first = frame.group_by("path_id", maintain_order=True).agg(
        pl.col("is_converted").first(), pl.col("conversion_value").first(), pl.len().alias("n")
    )
    converted = first["is_converted"].to_numpy().astype(bool)
    length = first["n"].to_numpy().astype(np.int64)
    value = first["conversion_value"].cast(pl.Float64).fill_null(0.0).to_numpy()
    seconds = (frame["converted_at"] - frame["touched_at"]).dt.total_microseconds() / 86_400e6
    return _table(
        names=frame[node],
        length=length,
        conversions=converted.astype(float),
        value=np.where(converted, value, 0.0),
        nulls=(~converted).astype(float),
        days_before=seconds.fill_null(0.0).to_numpy(),
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
        days_before=None,
    )


def _table(
    names: pl.Series,
    length: np.ndarray,
    conversions: np.ndarray,
    value: np.ndarray,
    nulls: np.ndarray,
    days_before: np.ndarray | None,
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
        days_before=days_before,
    )


def _require(frame: pl.DataFrame, columns: tuple[str, ...]) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise UnusablePaths(f"the path table lacks the column {', '.join(absent)}")
