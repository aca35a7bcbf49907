"""Columns that several exports share: facts in, ids and timestamps as they are exported out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.company.people import FIRST_ACCOUNT_ID
from demo.company.world import World
from demo.timeline import timestamps


def stamped(frame: pl.DataFrame, **columns: str) -> pl.DataFrame:
    """Return ``frame`` with timestamp columns made of columns of days."""
    return frame.with_columns(
        timestamps(frame[days].fill_null(np.nan).to_numpy(), name) for name, days in columns.items()
    )


def agent_ids(world: World, column: str) -> pl.Expr:
    """Return the CRM user id of a column of agent numbers."""
    ids = dict(zip(world.agents["agent"], world.agents["agent_id"], strict=True))
    return pl.col(column).replace_strict(ids, default=None, return_dtype=pl.String)


def campaign_ids(world: World, column: str = "campaign") -> pl.Expr:
    """Return the CRM campaign id of a column of campaign numbers; -1 means none."""
    ids = dict(zip(world.campaigns["campaign"], world.campaigns["campaign_id"], strict=True))
    return pl.col(column).replace_strict(ids, default=None, return_dtype=pl.String)


def account_ids() -> pl.Expr:
    """Return the CRM account id of the column ``account``; -1 means none."""
    return pl.when(pl.col("account") >= 0).then(
        pl.format("A{}", pl.col("account") + FIRST_ACCOUNT_ID)
    )


def cents(column: str) -> pl.Expr:
    """Return whole cents as text with two decimals."""
    # whole cents to text with two decimals, without a detour over binary fractions
    size = pl.col(column).abs()
    sign = pl.when(pl.col(column) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    rest = (size % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(sign, (size // 100).cast(pl.String), pl.lit("."), rest).alias(column)
