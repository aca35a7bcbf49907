"""Columns of the score tables: a frame in, the same frame checked and in order out.

Keys, types and ranges are checked here once for every score, so that a row that reaches
``crm.*`` is either right or stops the run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import polars as pl

MONEY = pl.Decimal(18, 4)
TIME = pl.Datetime("us")
ADDITIVITY = 1e-9


class ScoreContractViolation(ValueError):
    """A score frame does not keep the contract of its table."""


@dataclass(frozen=True)
class ScoreColumn:
    """One column: type, whether it may be null, and the closed range of a number."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    nullable: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ScoreTable:
    """One table of schema ``crm``: its key, its columns in order, and its row-set key.

    ``replaces`` names the columns whose values a rerun replaces: the older row sets stay.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[ScoreColumn, ...]
    replaces: tuple[str, ...] = ("as_of",)

    @property
    def schema(self) -> pl.Schema:
        """Column names and Polars types in table order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})


def _probability_table(name: str, entity: str) -> ScoreTable:
    return ScoreTable(
        name=name,
        key=(entity, "as_of"),
        columns=(
            ScoreColumn(entity, pl.String),
            ScoreColumn("as_of", TIME),
            ScoreColumn("score", pl.Float64, low=0, high=100),
            ScoreColumn("probability", pl.Float64, low=0, high=1),
            ScoreColumn("p_low", pl.Float64, low=0, high=1),
            ScoreColumn("p_high", pl.Float64, low=0, high=1),
            ScoreColumn("decile", pl.Int32, low=1, high=10),
            ScoreColumn("grade", pl.String),
            ScoreColumn("reasons_pos", pl.List(pl.String)),
            ScoreColumn("reasons_neg", pl.List(pl.String)),
            ScoreColumn("contributions", pl.String),
            ScoreColumn("base_value", pl.Float64),
            ScoreColumn("method", pl.String),
            ScoreColumn("model_version", pl.String),
            ScoreColumn("horizon_days", pl.Int32, low=1),
            ScoreColumn("data_cutoff", TIME),
            ScoreColumn("prev_score", pl.Float64, nullable=True, low=0, high=100),
            ScoreColumn("run_id", pl.String),
        ),
    )


LEAD_SCORES = _probability_table("lead_scores", "lead_id")
CHURN_RISK = _probability_table("churn_risk", "customer_id")
CUSTOMER_SEGMENTS = ScoreTable(
    name="customer_segments",
    key=("customer_id", "as_of"),
    columns=(
        ScoreColumn("customer_id", pl.String),
        ScoreColumn("as_of", TIME),
        ScoreColumn("segment_id", pl.Int32, low=1),
        ScoreColumn("segment_name", pl.String),
        ScoreColumn("distance", pl.Float64, nullable=True, low=0),
        ScoreColumn("silhouette", pl.Float64, nullable=True, low=-1, high=1),
        ScoreColumn("rfm_recency", pl.Int32, low=1, high=5),
        ScoreColumn("rfm_frequency", pl.Int32, low=1, high=5),
        ScoreColumn("rfm_monetary", pl.Int32, low=1, high=5),
        ScoreColumn("prev_segment_id", pl.Int32, nullable=True, low=1),
        ScoreColumn("changed_at", TIME),
        ScoreColumn("method", pl.String),
        ScoreColumn("model_version", pl.String),
        ScoreColumn("data_cutoff", TIME),
        ScoreColumn("run_id", pl.String),
    ),
)
CAMPAIGN_ROI = ScoreTable(
    name="campaign_roi",
    key=("campaign_id", "attribution_model", "data_cutoff"),
    columns=(
        ScoreColumn("campaign_id", pl.String),
        ScoreColumn("attribution_model", pl.String),
        ScoreColumn("conversions", pl.Float64, low=0),
        ScoreColumn("conversions_low", pl.Float64, nullable=True, low=0),
        ScoreColumn("conversions_high", pl.Float64, nullable=True, low=0),
        ScoreColumn("acquisitions", pl.Float64, low=0),
        ScoreColumn("revenue_base", MONEY),
        ScoreColumn("revenue_low_base", MONEY, nullable=True),
        ScoreColumn("revenue_high_base", MONEY, nullable=True),
        ScoreColumn("margin_base", MONEY, nullable=True),
        ScoreColumn("cost_base", MONEY),
        ScoreColumn("roi", pl.Float64, nullable=True),
        ScoreColumn("roi_low", pl.Float64, nullable=True),
        ScoreColumn("roi_high", pl.Float64, nullable=True),
        ScoreColumn("roas", pl.Float64, nullable=True),
        ScoreColumn("cac", MONEY, nullable=True),
        ScoreColumn("share", pl.Float64, nullable=True, low=0, high=1),
        ScoreColumn("disagreement", pl.Float64, nullable=True, low=0, high=1),
        ScoreColumn("data_cutoff", TIME),
        ScoreColumn("run_id", pl.String),
    ),
    replaces=("data_cutoff",),
)
CHANNEL_REMOVAL_EFFECTS = ScoreTable(
    name="channel_removal_effects",
    key=("channel", "attribution_model", "data_cutoff"),
    columns=(
        ScoreColumn("channel", pl.String),
        ScoreColumn("attribution_model", pl.String),
        ScoreColumn("removal_effect", pl.Float64, low=0, high=1),
        ScoreColumn("value_removal_effect", pl.Float64, low=0, high=1),
        ScoreColumn("conversion_share", pl.Float64, low=0, high=1),
        ScoreColumn("value_share", pl.Float64, low=0, high=1),
        ScoreColumn("data_cutoff", TIME),
        ScoreColumn("run_id", pl.String),
    ),
    replaces=("data_cutoff",),
)
SCORE_TABLES = {
    t.name: t
    for t in (
        LEAD_SCORES,
        CHURN_RISK,
        CUSTOMER_SEGMENTS,
        CAMPAIGN_ROI,
        CHANNEL_REMOVAL_EFFECTS,
    )
}


def conform(frame: pl.DataFrame, table: ScoreTable) -> pl.DataFrame:
    """Return ``frame`` with the columns of ``table``, in its order and types, sorted by its key.

    Raises
    ------
    ScoreContractViolation
        If a column is missing, unknown, of another type, null where it may not be, or out of
        range; if a key occurs twice; if contributions do not add up to the log-odds.
    """
    absent = [c.name for c in table.columns if c.name not in frame.columns]
    unknown = [name for name in frame.columns if name not in table.schema]
    if absent or unknown:
        raise ScoreContractViolation(
            f"crm.{table.name}: missing columns {absent}, unknown columns {unknown}"
        )
    frame = frame.select(_cast(frame[c.name], c, table.name) for c in table.columns)
    for column in table.columns:
        _check_values(frame[column.name], column, table.name)
    twice = frame.filter(pl.struct(table.key).is_duplicated())
    if twice.height:
        raise ScoreContractViolation(
            f"crm.{table.name}: key {twice.select(table.key).row(0, named=True)} "
            f"occurs more than once ({twice.height} rows)"
        )
    if "contributions" in table.schema:
        _check_additivity(frame, table.name)
    return frame.sort(table.key)


def _cast(series: pl.Series, column: ScoreColumn, table: str) -> pl.Series:
    try:
        return series.cast(column.dtype, strict=True)
    except pl.exceptions.PolarsError as error:
        raise ScoreContractViolation(
            f"crm.{table}.{column.name} must be {column.dtype}, got {series.dtype}: {error}"
        ) from error


def _check_values(series: pl.Series, column: ScoreColumn, table: str) -> None:
    if not column.nullable and series.null_count():
        raise ScoreContractViolation(f"crm.{table}.{column.name} is null in a row; it may not be")
    if series.dtype.is_float() and not series.drop_nulls().is_finite().all():
        raise ScoreContractViolation(f"crm.{table}.{column.name} holds a value that is not finite")
    for bound, wrong in (
        (column.low, series < column.low if column.low is not None else None),
        (column.high, series > column.high if column.high is not None else None),
    ):
        if wrong is not None and wrong.any():
            value = series.filter(wrong)[0]
            raise ScoreContractViolation(
                f"crm.{table}.{column.name} holds {value}, beyond its bound {bound}"
            )


def _check_additivity(frame: pl.DataFrame, table: str) -> None:
    if frame.is_empty():
        return
    p = frame["probability"].to_numpy()
    if ((p <= 0) | (p >= 1)).any():
        raise ScoreContractViolation(f"crm.{table}.probability must lie strictly within 0 and 1")
    total = np.array([sum(json.loads(text).values()) for text in frame["contributions"]])
    gap = np.abs(frame["base_value"].to_numpy() + total - np.log(p) + np.log1p(-p))
    if gap.max() > ADDITIVITY:
        row = frame.row(int(gap.argmax()), named=True)
        raise ScoreContractViolation(
            f"crm.{table}: base_value and contributions of {row[frame.columns[0]]} miss the "
            f"log-odds of its probability by {gap.max():.2e}"
        )
