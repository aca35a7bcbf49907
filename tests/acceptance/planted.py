"""What the simulated company's truth says the marts must show: truth tables in, figures out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

Pipeline = dict[str, tuple[int, Decimal]]


def truth(home: Path, name: str) -> pl.DataFrame:
    """Return one table of the planted truth."""
    return pl.read_parquet(home / "truth" / f"{name}.parquet")


def open_pipeline(states: pl.DataFrame, day: date) -> Pipeline:
    """Return number and value of the deals open at the end of ``day`` (UTC), by stage.

    Parameters
    ----------
    states
        Every state of every deal.
    """
    end = datetime.combine(day + timedelta(days=1), time())
    last = states.filter(pl.col("changed_at") < end).sort("opportunity_id", "changed_at")
    last = last.unique("opportunity_id", keep="last", maintain_order=True)
    still_open = last.filter(
        ~pl.col("is_deleted") & ~pl.col("stage_name").str.starts_with("Closed")
    )
    return {
        stage: (count, Decimal(cents) / 100)
        for stage, count, cents in still_open.group_by("stage_name")
        .agg(pl.len(), (pl.col("amount") * 100).round().cast(pl.Int64).sum().alias("cents"))
        .iter_rows()
    }
