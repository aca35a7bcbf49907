"""Typed rows in; the expressions of their ids, hashes and times out."""

from __future__ import annotations

import polars as pl

from ingest.contracts import Contract
from ingest.from_contracts.column_types import POLARS_TYPES
from ingest.hashing import md5_of_parts

_UNIT_SEPARATOR = "\x1f"


def source_record_id(contract: Contract) -> pl.Expr:
    """Return the record's own id: its key columns as text, joined by ``|``.

    A ``|`` within one of several key columns is escaped, so that two keys are never one.
    """
    parts = []
    for column in contract.key:
        value = pl.col(column.name)
        if column.type == "timestamp":
            text = value.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
        else:
            text = value.cast(pl.String)
        if len(contract.key) > 1:
            text = text.str.replace_all("|", "\\|", literal=True).fill_null("")
        parts.append(text)
    return pl.concat_str(parts, separator="|").alias("source_record_id")


def record_hash(rows: pl.DataFrame, contract: Contract) -> pl.Series:
    """Return the hash of everything a row says.

    Nulls are left out and columns sorted by name: a contract that gains or moves a column does
    not make every record look changed.
    """
    types = {column.name: column.type for column in contract.columns}
    parts = []
    for name in sorted([*types, "attributes", "merged_into_ref"]):
        if rows[name].null_count() == rows.height:
            continue
        value = pl.col(name)
        if types.get(name) == "text[]":
            value = value.list.join("\x1e")
        elif types.get(name) not in {"text", "timestamp"}:
            value = value.cast(pl.String)
        parts.append(value.alias(name + "="))
    if rows["is_deleted"].any():
        parts.append(pl.when("is_deleted").then(pl.lit("")).alias("is_deleted"))
    return md5_of_parts(rows.select(parts), _UNIT_SEPARATOR)


def occurred_at(contract: Contract) -> pl.Expr:
    """Return when the row happened; null where the contract names no column for it."""
    if contract.occurred_at is None:
        return pl.lit(None, dtype=POLARS_TYPES["timestamp"]).alias("occurred_at")
    return pl.col(contract.occurred_at).alias("occurred_at")
