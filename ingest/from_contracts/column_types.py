"""A type that a contract names in; the Polars type that holds it out."""

from __future__ import annotations

import polars as pl

from ingest.contracts.contract import Type

POLARS_TYPES: dict[Type, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "money": pl.Decimal(18, 4),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "text[]": pl.List(pl.String()),
    "json": pl.String(),
}
