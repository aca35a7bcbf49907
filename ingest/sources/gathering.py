"""Rows and rejects of nested records in, one by one; chunks of typed frames out."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from ingest.contracts import CONTRACTS
from ingest.from_contracts.column_types import POLARS_TYPES
from ingest.parsed import REJECTED_SCHEMA, Parsed
from ingest.sources.rejects import PAYLOAD_CHARACTERS

Row = dict[str, Any]

_EXTRA: dict[str, pl.DataType] = {
    "position": pl.Int64(),
    "recorded_at": pl.Datetime("us"),
    "is_deleted": pl.Boolean(),
    "merged_into_ref": pl.String(),
    "attributes": pl.String(),
}


class Gathering:
    """Collects what the records of one chunk give.

    Parameters
    ----------
    entity
        Entity named in rejects where a record is not known to be of another.
    """

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self.read = 0
        self._rows: dict[str, list[Row]] = {}
        self._rejected: list[tuple[int, str, str, str, str]] = []

    def add(self, entity: str, position: int, row: Row, attributes: Row | None = None) -> None:
        """Add one row; nulls and empty values of ``attributes`` are left out."""
        said = {k: v for k, v in (attributes or {}).items() if v not in (None, "", [], {})}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None
        whole = {"is_deleted": False, **row, "position": position, "attributes": text}
        self._rows.setdefault(entity, []).append(whole)

    def reject(self, position: int, reason_code: str, reason: str, payload: str) -> None:
        """Add one rejected record."""
        head = storable(payload[:PAYLOAD_CHARACTERS])
        self._rejected.append((position, self.entity, reason_code, storable(reason), head))

    def parsed(self) -> Parsed:
        """Return the chunk and begin the next one."""
        rows = {entity: _frame(entity, rows) for entity, rows in self._rows.items()}
        rejected = pl.DataFrame(self._rejected, schema=REJECTED_SCHEMA, orient="row")
        chunk = Parsed(read=self.read, rows=rows, rejected=rejected)
        self.read, self._rows, self._rejected = 0, {}, []
        return chunk


def _frame(entity: str, rows: list[Row]) -> pl.DataFrame:
    types = {column.name: POLARS_TYPES[column.type] for column in CONTRACTS[entity].columns}
    types |= _EXTRA
    given = set().union(*rows)
    columns = [
        _column(name, dtype, [row.get(name) for row in rows])
        for name, dtype in types.items()
        if name in given
    ]
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in types.items() if name not in given]
    return pl.DataFrame(columns).with_columns(absent).select(*types)


def _column(name: str, dtype: pl.DataType, values: list[Any]) -> pl.Series:
    is_text = dtype == pl.String() or dtype == pl.List(pl.String())
    return pl.Series(name, [_cleaned(value) for value in values] if is_text else values, dtype)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


def storable(text: str) -> str:
    """Return ``text`` without NULs and with U+FFFD for halves of surrogate pairs.

    Neither is a character of any language, and no database column takes them.
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(text) else text


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
