"""The raw rows of a warehouse in; its current records, with customers and base values, out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import duckdb
import polars as pl

TEN_THOUSAND = 10_000
FX_DAYS = 7
Keyed = dict[Any, tuple[Any, ...]]


def exact(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with decimals as whole ten-thousandths."""
    decimals = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    return frame.with_columns(
        (pl.col(name).cast(pl.Float64) * TEN_THOUSAND).round().cast(pl.Int64) for name in decimals
    )


class Raw:
    """The records of one warehouse as they are now, and what its amounts are worth."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        ((as_of,),) = con.execute("select value from meta.settings where name = 'as_of'").fetchall()
        self.as_of = datetime.fromisoformat(as_of)
        self.customers = con.execute(
            "select identifier, customer_id from identity.identifier_map where is_current"
        ).pl()
        self._rates = self._daily_rates()

    def current(self, entity: str) -> pl.DataFrame:
        """Return the last version of each record that is neither deleted nor merged away."""
        versions = self._con.execute(f'select * from raw."{entity}"').pl()
        return (
            exact(versions)
            .sort("recorded_at", "file", "position", "record_hash", nulls_last=False)
            .unique("record_key", keep="last", maintain_order=True)
            .filter(~pl.col("is_deleted") & pl.col("merged_into_ref").is_null())
        )

    def with_customer(self, frame: pl.DataFrame, reference: str) -> pl.DataFrame:
        """Add ``customer_id``, the customer whom the reference belongs to."""
        return frame.join(self.customers, left_on=reference, right_on="identifier", how="left")

    def with_base(self, frame: pl.DataFrame, moment: str, *amounts: str) -> pl.DataFrame:
        """Add each amount in euro, at the rate of the moment's day or the last one before it."""
        day = pl.col(moment).cast(pl.Date).alias("day")
        dated = frame.with_columns(day).sort("day").join_asof(
            self._rates, on="day", by="currency", strategy="backward",
            tolerance=timedelta(days=FX_DAYS), check_sortedness=False,
        )  # fmt: skip
        return dated.with_columns(
            pl.when(pl.col("currency") == "EUR")
            .then(pl.col(amount))
            .otherwise(
                (pl.col(amount) / TEN_THOUSAND * pl.col("rate") * TEN_THOUSAND)
                .round(mode="half_away_from_zero")
                .cast(pl.Int64)
            )
            .alias(f"{amount}_base")
            for amount in amounts
        ).drop("rate", "day")

    def _daily_rates(self) -> pl.DataFrame:
        rates = self.current("fx_rate").filter(pl.col("to_currency") == "EUR")
        return rates.select("rate", currency="from_currency", day=pl.col("rate_date")).sort("day")


def keyed(frame: pl.DataFrame, *columns: str) -> Keyed:
    """Return the rows as a mapping from the first column, the key, to the others."""
    rows = frame.select(columns).rows()
    assert len({row[0] for row in rows}) == len(rows), f"{columns[0]} is no key"
    return {row[0]: row[1:] for row in rows}
